"""Rows: the cells of one row become one snapshot, or the reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import nan
from typing import TypeAlias
from zoneinfo import ZoneInfo

from riskcore.domain.model import Basis
from riskcore.ingest.account_cells import account_number
from riskcore.ingest.answers import Answers
from riskcore.ingest.basis_cells import UNSAID, WORDS, basis_code
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.contract_cells import contracts
from riskcore.ingest.money_cells import cents
from riskcore.ingest.refusals import AmbiguousCell, BadCell, Refusal, shown
from riskcore.ingest.stamps import DateOrder
from riskcore.ingest.table import Row
from riskcore.ingest.time_cells import instant_us
from riskcore.ingest.workbooks import Formula

MAX_AHEAD = timedelta(minutes=5)
"""How far the clock behind a file may run ahead of ours, inclusive."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CLOSED = WORDS.index(Basis.CLOSED_BALANCE)

Values: TypeAlias = tuple[str, int, int, int]
"""Account, instant in microseconds since 1970 UTC, balance and equity in cents."""

More: TypeAlias = tuple[float, int]
"""Open contracts (NaN: not said) and the code of the basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the ambiguous cells of a file are read; None: not known, and then they are refused."""

    balance_mark: str | None = None
    equity_mark: str | None = None
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class RowReader:
    """Where in a row the cells stand, and how those of this file are read.

    None: the file has no such column; its account and its time are then stated, and its
    equity is its balance.
    """

    header: tuple[str, ...]
    account: int | None
    taken_at: int | None
    balance: int
    equity: int | None
    open_contracts: int | None
    basis: int | None
    stated_account: str
    stated_us: int
    instant: Callable[[str], int]
    style: Style

    def values(self, cells: list[str]) -> Values:
        """What the cells of a row of full width say; raises BadCell for the first bad one."""
        balance = cents(cells[self.balance], self.style.balance_mark)
        return (
            self.stated_account if self.account is None else account_number(cells[self.account]),
            self.stated_us if self.taken_at is None else self.instant(cells[self.taken_at]),
            balance,
            balance if self.equity is None else self.equity_cents(cells[self.equity]),
        )

    def balance_cents(self, text: str) -> int:
        """A cell of the balance column; raises BadCell."""
        return cents(text, self.style.balance_mark)

    def equity_cents(self, text: str) -> int:
        """A cell of the equity column; raises BadCell."""
        return cents(text, self.style.equity_mark)

    @property
    def says_more(self) -> bool:
        """Whether rows have more to say than account, time, balance and equity."""
        return self.open_contracts is not None or self.basis is not None or self.equity is None

    def more(self, cells: list[str]) -> More:
        """What the other cells of such a row say; raises BadCell for the first bad one."""
        unsaid = CLOSED if self.equity is None else UNSAID
        return (
            nan if self.open_contracts is None else contracts(cells[self.open_contracts]),
            unsaid if self.basis is None else basis_code(cells[self.basis]),
        )

    def cell_refusals(self, row: Row) -> Iterator[Refusal]:
        """A refusal for each bad cell of a row of full width."""
        line, _, cells = row
        for position, read in self._readers():
            if position is None:
                continue
            try:
                checked(cells[position])
                read(cells[position])
            except BadCell as error:
                yield Refusal(line, self.header[position], shown(cells[position]), str(error))

    def refuse_formulas(self, cells: list[str]) -> None:
        """Raise BadCell when a cell that is read is computed."""
        for position, _ in self._readers():
            if position is not None:
                checked(cells[position])

    def _readers(self) -> tuple[tuple[int | None, Callable[[str], object]], ...]:
        return (
            (self.account, account_number),
            (self.taken_at, self.instant),
            (self.balance, self.balance_cents),
            (self.equity, self.equity_cents),
            (self.open_contracts, contracts),
            (self.basis, basis_code),
        )

    def is_ambiguous(self, row: Row) -> bool:
        """Whether a row is refused for a cell that the rest of its column may settle."""
        for position, read in self._readers()[1:4]:
            try:
                if position is not None:
                    read(row[2][position])
            except AmbiguousCell:
                return True
            except BadCell:
                continue
        return False

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


def checked(cell: str) -> None:
    """Raise BadCell for a formula: what it holds is not known."""
    if isinstance(cell, Formula):
        raise BadCell("is a formula: save the sheet with its values")


def row_reader(
    header: tuple[str, ...], columns: ColumnMap, answers: Answers, style: Style, now: datetime
) -> RowReader:
    """The reader for a file with `header`; local times are of the stated zone, none after `now`."""
    latest_us = (now + MAX_AHEAD - EPOCH) // MICROSECOND
    zone = None if answers.time_zone is None else ZoneInfo(answers.time_zone)

    def instant(text: str) -> int:
        return not_after(instant_us(text, zone, style.date_order), latest_us)

    def place(name: str | None) -> int | None:
        return None if name is None else header.index(name)

    return RowReader(
        header,
        account=place(columns.account),
        taken_at=place(columns.taken_at),
        balance=header.index(columns.balance),
        equity=place(columns.equity),
        open_contracts=place(columns.open_contracts),
        basis=place(columns.basis),
        stated_account=account_number(answers.account or "?"),
        stated_us=0 if answers.as_of is None else (answers.as_of - EPOCH) // MICROSECOND,
        instant=instant,
        style=style,
    )


def not_after(instant_us: int, latest_us: int) -> int:
    """`instant_us`; raises BadCell when it is after `latest_us`."""
    if instant_us > latest_us:
        raise BadCell("is more than 5 minutes in the future")
    return instant_us
