"""Formats: every sample comes out as is written beside it, however it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskcore.ingest.format import plain_names
from riskcore.ingest.formats import formats
from riskcore.ingest.generic import header_of
from riskcore.ingest.refusals import UnreadableFile
from tests.ingest.quirks import KEEPS, Plain, plain, totals, with_money
from tests.ingest.samples import expected, outcome, reading_of, samples, snapshots_of

DELIMITED = [sample for sample in samples() if sample.suffix == ".csv"]
BY_FORMAT = {one.name: one for one in formats()}


def named(path: Path) -> str:
    return path.name


def taken(data: bytes, told: dict[str, Any], name: str) -> list[list[Any]]:
    """The snapshots of a file without their lines, by account and time."""
    return sorted(row[1:] for row in snapshots_of(reading_of(data, told["answers"], name)))


def of_sample(told: dict[str, Any]) -> list[list[Any]]:
    """The snapshots written beside a sample, as `taken` gives them."""
    return sorted(row[1:] for row in told["snapshots"])


def as_plain(sample: Path, told: dict[str, Any]) -> Plain:
    """A delimited sample, taken apart at its header."""
    form = BY_FORMAT.get(told["format"])
    if form is None:
        return plain(sample.read_bytes(), lambda row: row[:2] == ["account", "time"])
    return plain(sample.read_bytes(), lambda row: form.is_header(plain_names(row)))


@pytest.mark.parametrize("sample", samples(), ids=named)
def test_a_sample_comes_out_as_is_written_beside_it(sample: Path) -> None:
    told = expected(sample)
    assert {"answers": told["answers"]} | outcome(
        sample.read_bytes(), told["answers"], sample.name
    ) == told


@pytest.mark.parametrize("name", [*BY_FORMAT, "snapshots"])
def test_every_format_has_a_sample(name: str) -> None:
    told = [expected(sample) for sample in samples()]
    assert [one for one in told if one["format"] == name and one["snapshots"]]


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_a_header_is_of_one_format_only(form: Any) -> None:
    header = [*(name.replace("*", "usd") for name in form.signature), *form.or_one_of[:1]]
    names = [name.partition("#")[0] for name in header]
    assert [one.name for one in formats() if one.is_header(names)] == [form.name]


@pytest.mark.parametrize("quirk", KEEPS)
@pytest.mark.parametrize("sample", DELIMITED, ids=named)
def test_how_a_file_is_written_does_not_change_what_it_says(sample: Path, quirk: str) -> None:
    told = expected(sample)
    change: Callable[[Plain], bytes] = KEEPS[quirk]
    assert taken(change(as_plain(sample, told)), told, sample.name) == of_sample(told)


@pytest.mark.parametrize("sample", DELIMITED, ids=named)
def test_newest_first_is_the_same_as_oldest_first(sample: Path) -> None:
    told = expected(sample)
    parted = as_plain(sample, told)
    until = next((i for i, row in enumerate(parted.below) if not row or not row[0]), None)
    rows = parted.below[:until]
    turned = Plain(
        parted.above, parted.header, [*rows[::-1], *parted.below[len(rows) :]], parted.mark
    )
    assert taken(KEEPS["LF"](turned), told, sample.name) == of_sample(told)


@pytest.mark.parametrize("sample", DELIMITED, ids=named)
def test_a_row_of_totals_is_never_a_snapshot(sample: Path) -> None:
    told = expected(sample)
    assert taken(totals(as_plain(sample, told)), told, sample.name) == of_sample(told)


@pytest.mark.parametrize("sample", DELIMITED, ids=named)
def test_a_decimal_comma_is_read_or_refused_and_never_misread(sample: Path) -> None:
    """Platforms that write a point only are held to it; elsewhere the column decides."""
    told = expected(sample)
    form = BY_FORMAT.get(told["format"])
    data = with_money(as_plain(sample, told), lambda text: text.replace(".", ","))
    found = taken(data, told, sample.name)
    if form is None or form.decimal_mark is None:
        assert found == of_sample(told)
    else:
        assert [row for row in found if row not in of_sample(told)] == []


@pytest.mark.parametrize("sample", [s for s in samples() if expected(s)["answers"]], ids=named)
def test_what_a_file_does_not_say_is_asked_and_nothing_is_taken_without_it(sample: Path) -> None:
    reading = reading_of(sample.read_bytes(), {}, "export.csv")
    asked = {"starting_balance" if one == "starting_balance" else one for one in reading.questions}
    assert asked <= set(expected(sample)["answers"])
    assert reading.rows.empty


@pytest.mark.parametrize("sample", samples(), ids=named)
def test_a_header_can_be_shown_of_every_sample(sample: Path) -> None:
    assert header_of(sample.read_bytes())


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"undefined", "its export failed"),
        (b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "502 Bad"),
        (b"<html><body><table><tr><td>Sign in</td></tr></table></body></html>", "found Sign in"),
        (b"PK\x05\x06" + bytes(18), "empty zip"),
        (b"PK\x03\x04not really", "damaged"),
    ],
)
def test_a_file_that_is_no_export_says_what_it_is(data: bytes, what: str) -> None:
    with pytest.raises(UnreadableFile, match=what):
        reading_of(data, {}, "history.csv")
