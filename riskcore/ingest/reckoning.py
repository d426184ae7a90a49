"""Reckoning: from the rows of an export to balances, and what does not add up in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from riskcore.ingest.amounts import NANO, NANOS_PER_CENT
from riskcore.ingest.export_cells import ExportRow, Gap
from riskcore.ingest.refusals import Refusal, shown

MAX_CENTS = 10**15
"""Money from here on is no account's."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Money that came into an account or left it: neither profit nor loss.

    `amount` in account money, signed; `is_implied`: no row says so, but the balance moved.
    """

    line: int
    account: str
    instant_us: int
    amount: float
    words: str
    is_implied: bool


@dataclass(slots=True)
class Reckoned:
    """Rows with their balances in billionths, in the order of time, each instant once.

    `openings`: the balance before each account's first row, in account money.
    """

    rows: list[ExportRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    duplicates: int = 0
    flows: list[Flow] = field(default_factory=list)
    openings: dict[str, float] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    trades_from: dict[str, datetime] = field(default_factory=dict)


def in_order(rows: Sequence[ExportRow]) -> list[ExportRow]:
    """Rows by account and time; those of one instant by their key, else as the file runs."""
    falls = len(rows) > 1 and rows[0].instant_us > rows[-1].instant_us
    digits = all(row.key.isascii() and row.key.isdigit() for row in rows)
    return sorted(
        rows,
        key=lambda row: (
            row.account,
            row.instant_us,
            int(row.key) if digits and len(row.key) <= 20 else 0,
            -row.ordinal if falls else row.ordinal,
        ),
    )


def without_repeats(rows: Iterable[ExportRow], cells: Mapping[int, list[str]]) -> Reckoned:
    """Rows of one account and key once; the same again is a duplicate, another is refused."""
    told = Reckoned()
    first: dict[tuple[str, str], ExportRow] = {}
    for row in rows:
        known = first.setdefault((row.account, row.key), row) if row.key else row
        if known is row:
            told.rows.append(row)
        elif cells[known.line] == cells[row.line]:
            told.duplicates += 1
        else:
            reason = f"contradicts line {known.line}, which has other values for the same row"
            told.refusals.append(Refusal(row.line, "", shown(row.key), reason))
            told.gaps.append(Gap(row.line, row.account, row.instant_us))
    return told


def by_account(rows: Iterable[ExportRow]) -> dict[str, list[ExportRow]]:
    """Rows of each account, in their order."""
    found: dict[str, list[ExportRow]] = defaultdict(list)
    for row in rows:
        found[row.account].append(row)
    return found


def apart(rows: Sequence[ExportRow]) -> None:
    """Rows of one account and instant get instants of their own, a microsecond apart."""
    last: dict[str, int] = {}
    for row in rows:
        row.instant_us = max(row.instant_us, last.get(row.account, -1) + 1)
        last[row.account] = row.instant_us


def add_up(rows: Sequence[ExportRow], opening: int) -> None:
    """Each row's balance: what was there before, and every result since."""
    balance = opening
    for row in rows:
        balance += row.net or 0
        row.balance = row.equity = balance


def known_part(
    rows: Sequence[ExportRow], gaps: Iterable[Gap], *, is_from_end: bool
) -> list[ExportRow]:
    """The rows of an account whose sum no refused row of it touches.

    Sums run from the first row, or back `is_from_end`. A gap of no account may be of any;
    one without a time may be anywhere.
    """
    gaps = [gap for gap in gaps if gap.account in (None, rows[0].account)]
    if any(gap.instant_us is None for gap in gaps):
        return []
    if is_from_end:
        latest = max((gap.instant_us or 0 for gap in gaps), default=-1)
        return [row for row in rows if row.instant_us > latest]
    earliest = min((gap.instant_us or 0 for gap in gaps), default=1 << 62)
    return [row for row in rows if row.instant_us < earliest]


def opening_of(first: ExportRow) -> float:
    """The balance before an account's first row; a first deposit is what it began with."""
    balance = first.balance or 0
    is_first_deposit = first.is_flow and first.net == balance
    return cents_of(balance if is_first_deposit else balance - (first.net or 0)) / 100


def flows_of(rows: Sequence[ExportRow]) -> Iterator[Flow]:
    """Cash flows that rows name, and those that balances imply; rows of one account in order."""
    before: int | None = None
    for row in rows:
        balance = row.balance or 0
        moved = None if before is None else balance - before
        if row.is_flow and row.net and (moved is not None or row.net != balance):
            yield _flow(row, row.net, row.words, is_implied=False)
        if moved is not None and row.net is not None and moved != row.net:
            yield _flow(row, moved - row.net, "", is_implied=True)
        before = balance


def _flow(row: ExportRow, amount: int, words: str, *, is_implied: bool) -> Flow:
    return Flow(row.line, row.account, row.instant_us, cents_of(amount) / 100, words, is_implied)


def cents_of(amount: int) -> int:
    """Billionths as cents; half a cent goes away from zero."""
    whole = (abs(amount) + NANOS_PER_CENT // 2) // NANOS_PER_CENT
    return whole if amount >= 0 else -whole


def amount_refusals(rows: Iterable[ExportRow], column: str) -> Iterator[Refusal]:
    """A refusal for each row whose balance is not one to the cent, or is too large."""
    for row in rows:
        for amount in (row.balance, row.equity):
            if amount is None:
                continue
            if abs(amount) // NANOS_PER_CENT >= MAX_CENTS:
                reason = "has more than 13 digits before its point"
            elif amount % NANOS_PER_CENT and column:
                reason = "has more than two decimals"
            else:
                continue
            yield Refusal(row.line, column, f"{amount / NANO:.9g}", reason)
            break
