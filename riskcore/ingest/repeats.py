"""Repeats: rows of one file that speak of the same account and instant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskcore.domain.model import Basis
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.refusals import Refusal

SAME = ["account", "taken_at"]


def _money(amount: float) -> str:
    return f"{amount:.2f}"


def _contracts(count: float) -> str:
    return "" if np.isnan(count) else f"{count:.15g}"


def _basis(code: int) -> str:
    return list(Basis)[code].value


WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "balance": _money,
    "equity": _money,
    "open_contracts": _contracts,
    "basis": _basis,
}
"""How each value of a row is written, in the order in which they are compared."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows that are each alone for their account and instant, and what became of the rest."""

    rows: pd.DataFrame
    duplicates: int
    refusals: tuple[Refusal, ...]


def settle_repeats(rows: pd.DataFrame, columns: ColumnMap) -> Settled:
    """The first row of each account and instant stays, in file order.

    A later one with the same values is a duplicate; with other values it is refused.
    """
    is_later = rows.duplicated(SAME).to_numpy()
    if not is_later.any():
        return Settled(rows, 0, ())
    repeated = rows[rows.duplicated(SAME, keep=False)]
    first_line = repeated.groupby(SAME, sort=False)["line"].transform("first")
    later = rows[is_later]
    first = rows.iloc[np.searchsorted(rows["line"], first_line[later.index])]
    refusals = tuple(_contradictions(later, first, columns))
    return Settled(rows[~is_later].reset_index(drop=True), len(later) - len(refusals), refusals)


def _contradictions(
    later: pd.DataFrame, first: pd.DataFrame, columns: ColumnMap
) -> Iterator[Refusal]:
    """A refusal for each later row that differs from its first, about the first such value."""
    names = list(WRITTEN)
    differs = np.column_stack([_differs(later[name], first[name]) for name in names])
    found = [later[name].tolist() for name in names]
    known = [first[name].tolist() for name in names]
    lines, first_lines = later["line"].tolist(), first["line"].tolist()
    which = differs.argmax(axis=1).tolist()
    for row in np.flatnonzero(differs.any(axis=1)).tolist():
        place = which[row]
        written = WRITTEN[names[place]]
        before = written(known[place][row]) or "nothing"
        yield Refusal(
            lines[row],
            getattr(columns, names[place]) or "",
            written(found[place][row]),
            f"contradicts line {first_lines[row]}, which has {before} for the same account"
            " and time",
        )


def _differs(later: pd.Series, first: pd.Series) -> np.ndarray:
    now, before = later.to_numpy(), first.to_numpy()
    differs: np.ndarray = (now != before) & ~(np.isnan(now) & np.isnan(before))
    return differs
