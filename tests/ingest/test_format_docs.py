"""docs/formats.md says what the reader does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskcore.ingest.columns import NAMES
from riskcore.ingest.formats import formats
from riskcore.ingest.money_cells import cents
from riskcore.ingest.reading import REFUSALS_IN_FULL, read_csv

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_the_example_is_read_in_full():
    (example,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    reading = read_csv(example.encode(), now=NOW)
    assert (len(reading.rows), reading.refusals) == (3, ())
    assert reading.rows.taken_at.nunique() == 1


@pytest.mark.parametrize("field", NAMES)
def test_the_names_are_listed_in_the_order_in_which_they_win(field):
    assert f"| {field.replace('taken_at', 'time')} | {', '.join(NAMES[field])} |" in PAGE


@pytest.mark.parametrize("form", formats(), ids=lambda form: form.name)
def test_every_format_is_listed_with_what_to_know(form):
    kind = form.follows.name.lower()
    assert f"| {form.title} | {kind} | {form.remark} |\n" in PAGE


@pytest.mark.parametrize(
    ("heading", "times"),
    [("14:45 UTC", 6), ("local time of the zone you state", 3), ("local time, 25 March", 5)],
)
def test_the_times_in_the_table_are_read(heading, times):
    rows = [line for line in PAGE.splitlines() if f"| {heading}" in line]
    written = re.findall(r"`([^`]+)`", "".join(row.split("|")[1] for row in rows))
    assert len(written) == times
    for time in written:
        text = f"account,time,balance,equity\nA,{time},1,1\n"
        zone = "America/New_York" if heading.startswith("local") else None
        taken = read_csv(text.encode(), time_zone=zone, now=NOW).rows.taken_at[0]
        assert f"{taken:%H:%M}" == ("13:45" if "25 March" in heading else "14:45")


def test_the_amounts_in_the_text_are_read():
    line = next(line for line in PAGE.splitlines() if line.startswith("`50000`"))
    written = re.findall(r"`([^`]+)`", line)
    assert len(written) == 10
    assert [cents(amount) for amount in written][-1] == 58_160_00


def test_the_count_of_full_reasons_is_the_readers():
    assert f"first {REFUSALS_IN_FULL:,} reasons" in PAGE
