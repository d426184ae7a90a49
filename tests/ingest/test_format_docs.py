"""docs/formats.md says what the reader does."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from riskcore.ingest.columns import NAMES
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


@pytest.mark.parametrize(
    ("heading", "times"), [("14:45 UTC", 6), ("local time of the zone you state", 3)]
)
def test_the_times_in_the_table_are_read(heading, times):
    rows = [line for line in PAGE.splitlines() if f"| {heading}" in line]
    written = re.findall(r"`([^`]+)`", "".join(row.split("|")[1] for row in rows))
    assert len(written) == times
    for time in written:
        text = f"account,time,balance,equity\nA,{time},1,1\n"
        zone = "America/New_York" if heading.startswith("local") else None
        taken = read_csv(text.encode(), time_zone=zone, now=NOW).rows.taken_at[0]
        assert f"{taken:%H:%M}" == "14:45"


def test_the_count_of_full_reasons_is_the_readers():
    assert f"first {REFUSALS_IN_FULL:,} reasons" in PAGE
