"""Gaps: times in which a file has nothing to say of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

LONG = timedelta(days=4)
"""Longer than a weekend with its holiday."""

MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class DataGap:
    """Nothing of `account` between two of its rows."""

    account: str
    after: datetime
    until: datetime


def data_gaps(rows: pd.DataFrame) -> list[DataGap]:
    """The gaps of more than four days, the longest first, at most 100; `rows` as in Reading."""
    ordered = rows[["account", "taken_at"]].sort_values(["account", "taken_at"])
    before = ordered.groupby("account", sort=False)["taken_at"].shift()
    length = ordered["taken_at"] - before
    found = ordered.assign(before=before, length=length)[length > LONG]
    longest = found.sort_values("length", ascending=False, kind="stable").head(MOST_TOLD)
    return [
        DataGap(row["account"], row["before"].to_pydatetime(), row["taken_at"].to_pydatetime())
        for row in longest.to_dict("records")
    ]
