"""The files on copying: every entry has its source, and a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskcore.ingest.copying import InvalidFile, read_firms, read_instruments
from riskcore.ingest.presets import read_preset

DATA = Path(__file__).resolve().parents[2] / "data"

FIRM = """\
[[firm]]
firm = "Acme"
said = "At most 5."
most_copied = 5
source = "help.acme.example 12"
checked_on = 2026-10-04
trust = "firm"
"""
INSTRUMENT = """\
[[instrument]]
symbol = "NQ"
name = "Nasdaq"
currency = "USD"
point_value = "20"
tick_size = "0.25"
source = "CME Group"
"""


def test_every_stage_names_presets_of_its_firm() -> None:
    for firm in read_firms(DATA / "copying" / "firms.toml").values():
        for name in (*firm.evaluation, *firm.funded):
            assert read_preset(DATA / "presets" / f"{name}.toml").firm == firm.firm, name


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        (FIRM.replace("most_copied = 5", "most_copied = 0"), 4, "greater than or equal to 1"),
        (FIRM.replace("most_copied", "most_copies"), 4, "extra inputs are not permitted"),
        (FIRM.replace('trust = "firm"', 'trust = "hearsay"'), 7, "trust must be one of firm"),
        (FIRM + FIRM, 9, "two of acme"),
        (FIRM.replace("[[firm]]", "[[firm]"), 1, "must be TOML"),
    ],
)
def test_a_mistake_in_the_firms_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, wrong: str
) -> None:
    file = tmp_path / "firms.toml"
    file.write_text(text)
    with pytest.raises(InvalidFile, match=wrong) as refused:
        read_firms(file)
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        (INSTRUMENT.replace('"20"', '"0"'), 2, "NQ point_value must be above 0, was 0"),
        (INSTRUMENT.replace('"0.25"', "0.25"), 6, "valid string"),
        (INSTRUMENT + INSTRUMENT, 9, "two of NQ"),
    ],
)
def test_a_mistake_in_the_instruments_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, wrong: str
) -> None:
    file = tmp_path / "instruments.toml"
    file.write_text(text)
    with pytest.raises(InvalidFile, match=wrong) as refused:
        read_instruments(file)
    assert refused.value.line == line
