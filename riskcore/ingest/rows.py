"""Rows: the cells of one row become one snapshot, or the reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import nan
from typing import TypeAlias
from zoneinfo import ZoneInfo

from riskcore.ingest.account_cells import account_number
from riskcore.ingest.basis_cells import UNSAID, basis_code
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.contract_cells import contracts
from riskcore.ingest.money_cells import cents
from riskcore.ingest.refusals import BadCell, Refusal, shown
from riskcore.ingest.table import Row
from riskcore.ingest.time_cells import instant_us

MAX_AHEAD = timedelta(minutes=5)
"""How far the clock behind a file may run ahead of ours, inclusive."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Values: TypeAlias = tuple[str, int, int, int]
"""Account, instant in microseconds since 1970 UTC, balance and equity in cents."""

More: TypeAlias = tuple[float, int]
"""Open contracts (NaN: not said) and the code of the basis."""


@dataclass(frozen=True, slots=True)
class RowReader:
    """Where in a row the cells stand, and how a time of this file is read.

    None: the file has no such column.
    """

    header: tuple[str, ...]
    account: int
    taken_at: int
    balance: int
    equity: int
    open_contracts: int | None
    basis: int | None
    instant: Callable[[str], int]

    def values(self, cells: list[str]) -> Values:
        """What the cells of a row of full width say; raises BadCell for the first bad one."""
        return (
            account_number(cells[self.account]),
            self.instant(cells[self.taken_at]),
            cents(cells[self.balance]),
            cents(cells[self.equity]),
        )

    @property
    def says_more(self) -> bool:
        """Whether the file has a column that not all have."""
        return self.open_contracts is not None or self.basis is not None

    def more(self, cells: list[str]) -> More:
        """What the other cells of such a row say; raises BadCell for the first bad one."""
        return (
            nan if self.open_contracts is None else contracts(cells[self.open_contracts]),
            UNSAID if self.basis is None else basis_code(cells[self.basis]),
        )

    def cell_refusals(self, row: Row) -> Iterator[Refusal]:
        """A refusal for each bad cell of a row of full width."""
        line, _, cells = row
        for position, read in (
            (self.account, account_number),
            (self.taken_at, self.instant),
            (self.balance, cents),
            (self.equity, cents),
            (self.open_contracts, contracts),
            (self.basis, basis_code),
        ):
            if position is None:
                continue
            try:
                read(cells[position])
            except BadCell as error:
                yield Refusal(line, self.header[position], shown(cells[position]), str(error))

    def shape_refusal(self, row: Row) -> Refusal | None:
        """Why the row as a whole is not read; None when it is."""
        first, last, cells = row
        if first != last:
            reason = f"runs over lines {first} to {last}: a cell has a line break or a stray quote"
        elif len(cells) != len(self.header):
            reason = f"has {len(cells)} cells, the header has {len(self.header)}"
        else:
            return None
        return Refusal(first, "", shown(", ".join(cells)), reason)


def row_reader(
    header: tuple[str, ...], columns: ColumnMap, zone: ZoneInfo | None, now: datetime
) -> RowReader:
    """The reader for a file with `header`; local times are of `zone`, none later than `now`."""
    latest_us = (now + MAX_AHEAD - EPOCH) // timedelta(microseconds=1)

    def instant(text: str) -> int:
        return not_after(instant_us(text, zone), latest_us)

    return RowReader(
        header,
        account=header.index(columns.account),
        taken_at=header.index(columns.taken_at),
        balance=header.index(columns.balance),
        equity=header.index(columns.equity),
        open_contracts=_place(header, columns.open_contracts),
        basis=_place(header, columns.basis),
        instant=instant,
    )


def _place(header: tuple[str, ...], name: str | None) -> int | None:
    return None if name is None else header.index(name)


def not_after(instant_us: int, latest_us: int) -> int:
    """`instant_us`; raises BadCell when it is after `latest_us`."""
    if instant_us > latest_us:
        raise BadCell("is more than 5 minutes in the future")
    return instant_us
