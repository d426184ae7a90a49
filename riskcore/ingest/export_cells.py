"""Export cells: how the cells of one recognised file are read, decided once for the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from riskcore.domain.model import Basis
from riskcore.ingest.account_cells import account_number
from riskcore.ingest.amounts import mark_of, nanos
from riskcore.ingest.answers import Answers, Question
from riskcore.ingest.finding import Export, Table
from riskcore.ingest.format import place_of
from riskcore.ingest.local_times import utc_offset
from riskcore.ingest.refusals import AmbiguousCell, BadCell, Refusal, shown
from riskcore.ingest.sheets import Row
from riskcore.ingest.stamps import DateOrder, day_of, local_time, order_of, stamp_of
from riskcore.ingest.workbooks import Formula

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
AHEAD_OF_UTC = re.compile(r"\((?:UTC|GMT) ?([+-]) ?([0-9]{1,2})(?::?([0-9]{2}))?\)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class ExportRow:
    """One row as read; amounts in billionths. None: the format has none."""

    line: int
    ordinal: int
    account: str
    instant_us: int
    balance: int | None
    equity: int | None
    net: int | None
    key: str
    is_flow: bool
    words: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Gap:
    """A row that was refused; None: its account, or its time, is not known."""

    line: int
    account: str | None
    instant_us: int | None


@dataclass(slots=True)
class CellReader:
    """Reads the rows of one export; keeps what was refused and what has to be asked."""

    export: Export
    mark: str | None
    order: DateOrder | None
    zone: ZoneInfo | None
    ahead: timedelta | None
    account: str | None
    latest_us: int
    refusals: list[Refusal] = field(default_factory=list)
    questions: set[Question] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)

    def row(self, row: Row, ordinal: int) -> ExportRow | None:
        """The row, or None and its refusals."""
        form, cells, before = self.export.format, row[2], len(self.refusals)
        kind = self._text(cells, form.kind)
        is_flow = kind.casefold() in form.flows
        time = self._when(
            cells, row[0], form.flow_time if is_flow and form.flow_time else form.time
        )
        account = self._account(cells, row[0])
        balance = self._amount(cells, row[0], form.balance)
        equity = self._amount(cells, row[0], form.equity)
        net = self._net(cells, row[0])
        if len(self.refusals) > before or time is None or account is None:
            self.gaps.append(Gap(row[0], account, time))
            return None
        return ExportRow(
            line=row[0],
            ordinal=ordinal,
            account=account,
            instant_us=time,
            balance=balance,
            equity=equity,
            net=net,
            key=self._text(cells, form.key),
            is_flow=is_flow,
            words=kind,
            basis=form.basis,
        )

    def _text(self, cells: list[str], names: Sequence[str]) -> str:
        place = self.export.place_of(names)
        return "" if place is None else cells[place].strip()

    def _account(self, cells: list[str], line: int) -> str | None:
        form = self.export.format
        place = self.export.place_of(form.account)
        if place is None:
            if self.account is None:
                self.refuse(
                    line, "", "", "the file does not say which account it is of", Question.ACCOUNT
                )
            return self.account
        until = form.account_until
        return self._read(
            cells,
            line,
            place,
            lambda text: account_number(text.partition(until)[0] if until else text),
            None,
        )

    def _when(self, cells: list[str], line: int, names: Sequence[str]) -> int | None:
        place = self.export.place_of(names)
        if place is None:
            return self.latest_us  # the whole file has one time: set where rows are put together
        return self._read(cells, line, place, self.instant_us, Question.DATE_ORDER)

    def _amount(self, cells: list[str], line: int, names: Sequence[str]) -> int | None:
        place = self.export.place_of(names)
        if place is None:
            return None
        return self._read(cells, line, place, self.amount, Question.DECIMAL_MARK)

    def _net(self, cells: list[str], line: int) -> int | None:
        """The row's net result; a blank cost is none, a row without any result is refused."""
        form, total, seen = self.export.format, 0, False
        for names, sign in ((form.results, 1), (form.costs, -1)):
            for name in names:
                place = self.export.place_of((name,))
                if place is None or not cells[place]:
                    continue
                amount = self._read(cells, line, place, self.amount, Question.DECIMAL_MARK)
                total, seen = total + sign * (amount or 0), True
        if seen or not form.results:
            return total if seen else None
        if not form.balance:
            self.refuse(
                line, self.export.called(form.results[-1:]), "", "the row has no result", None
            )
        return None

    def _read(
        self,
        cells: list[str],
        line: int,
        place: int,
        read: Callable[[str], T],
        question: Question | None,
    ) -> T | None:
        text = cells[place]
        try:
            if isinstance(text, Formula):
                raise BadCell("is a formula: save the sheet with its values")
            return read(text)
        except AmbiguousCell as error:
            self.refuse(line, self.export.header[place], text, str(error), question)
        except NoZone as error:
            self.refuse(line, self.export.header[place], text, str(error), Question.TIME_ZONE)
        except BadCell as error:
            self.refuse(line, self.export.header[place], text, str(error), None)
        return None

    def refuse(
        self, line: int, column: str, value: str, reason: str, question: Question | None
    ) -> None:
        """Note why a row is not taken, and what would have to be said for it."""
        self.refusals.append(Refusal(line, shown(column), shown(value), reason))
        if question is not None:
            self.questions.add(question)

    def amount(self, text: str) -> int:
        """A cell of money in billionths; raises BadCell."""
        return nanos(text, self.mark)

    def instant_us(self, text: str) -> int:
        """A cell of time in microseconds since 1970 UTC; raises BadCell."""
        close = self.export.format.day_close
        stamp = stamp_of(text)
        if close is not None:
            day = day_of(stamp, self.order)
            local = datetime.combine(day, close.clock)
            instant = self._utc_us(local, None, ZoneInfo(close.zone))
            if instant > self.latest_us:
                raise BadCell("is a day that is not over yet: its balance is not final")
            return instant
        local = local_time(stamp, self.order)
        instant = self._utc_us(local, self.ahead if stamp.ahead is None else stamp.ahead, self.zone)
        if instant > self.latest_us:
            raise BadCell("is more than 5 minutes in the future")
        return instant

    def _utc_us(self, local: datetime, ahead: timedelta | None, zone: ZoneInfo | None) -> int:
        if local.year < 1970:
            raise BadCell("is before 1970")
        if ahead is None:
            if zone is None:
                raise NoZone("has no zone: state the zone of the file's times")
            ahead = utc_offset(local, zone)
            if ahead is None:
                raise BadCell(f"never was on the clocks of {zone.key}: they went forward over it")
        return (local - EPOCH - ahead) // MICROSECOND


class NoZone(BadCell):
    """A time has no zone and none was stated."""


def cell_reader(
    export: Export, table: Table, answers: Answers, account: str | None, latest_us: int
) -> CellReader:
    """The reader of this file: marks, orders and zone decided over all of its rows."""
    form = export.format
    money = (*form.balance, *form.equity, *form.results, *form.costs)
    mark = form.decimal_mark or answers.decimal_mark or mark_of(_column(export, table, money))
    order = form.date_order or answers.date_order or order_of(_column(export, table, form.time))
    return CellReader(
        export,
        mark=mark,
        order=order,
        zone=None if answers.time_zone is None else ZoneInfo(answers.time_zone),
        ahead=_stated_ahead(export),
        account=account,
        latest_us=latest_us,
    )


def _column(export: Export, table: Table, names: Sequence[str]) -> Iterator[str]:
    places = {place_of(export.names, (name,)) for name in names} - {None}
    return (cells[place] for _, _, cells in table.rows for place in places if place is not None)


def _stated_ahead(export: Export) -> timedelta | None:
    """How far the times of the file are ahead of UTC, where the name of their column says so."""
    match = AHEAD_OF_UTC.search(export.called(export.format.time))
    if match is None:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return -ahead if match[1] == "-" else ahead
