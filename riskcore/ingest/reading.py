"""Reading a file: the rows taken, and each row refused with its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from riskcore.domain.zones import check_zone
from riskcore.ingest.amounts import mark_of
from riskcore.ingest.answers import NOTHING_SAID, Answers, Question
from riskcore.ingest.columns import ColumnMap, choose_columns, propose_columns
from riskcore.ingest.decoding import check_size
from riskcore.ingest.exports import read_export
from riskcore.ingest.finding import find_export
from riskcore.ingest.generic import header_of, is_recognised, tables_of
from riskcore.ingest.reading_result import Reading
from riskcore.ingest.refusals import Refusal, UnreadableFile
from riskcore.ingest.repeats import settle_repeats
from riskcore.ingest.rows import RowReader, Style, row_reader
from riskcore.ingest.stamps import order_of
from riskcore.ingest.table import Table
from riskcore.ingest.taking import REFUSALS_IN_FULL, Taken, take
from riskcore.ingest.watching import Watch, nobody

__all__ = [
    "REFUSALS_IN_FULL",
    "ColumnMap",
    "Reading",
    "Refusal",
    "UnreadableFile",
    "header_of",
    "is_export",
    "propose_columns",
    "read_csv",
    "read_file",
]


def read_file(
    data: bytes,
    *,
    now: datetime,
    answers: Answers = NOTHING_SAID,
    file_name: str = "",
    watch: Watch = nobody,
) -> Reading:
    """The snapshots in a file of any known kind; raises UnreadableFile when there are none.

    `now` (aware): later times are refused, beyond five minutes. `watch` is told how far it
    is, and may end it.
    """
    check_size(data)
    if answers.time_zone is not None:
        check_zone(answers.time_zone)
    if answers.columns is None and not is_recognised(data, NOTHING_SAID):
        export = find_export(data)
        if export is not None:
            watch(0.5)
            return read_export(export, answers, file_name, now)
    return _read_by_columns(data, answers, now, watch)


def is_export(data: bytes) -> bool:
    """Whether a file is read as an export of a platform; raises UnreadableFile."""
    check_size(data)
    return not is_recognised(data, NOTHING_SAID) and find_export(data) is not None


def read_csv(
    data: bytes,
    *,
    columns: ColumnMap | None = None,
    time_zone: str | None = None,
    now: datetime,
) -> Reading:
    """`read_file` for snapshots by column."""
    return read_file(data, now=now, answers=Answers(columns=columns, time_zone=time_zone))


def _read_by_columns(data: bytes, answers: Answers, now: datetime, watch: Watch) -> Reading:
    lines = max(data.count(b"\n"), 1)

    def at_line(line: int) -> None:
        watch(min(line / lines, 1.0))

    opened = tables_of(data, answers)
    header = opened().header
    stated = [
        name
        for name, said in (("account", answers.account), ("taken_at", answers.as_of))
        if said is not None
    ]
    chosen = choose_columns(header, answers.columns, stated)
    mark = answers.decimal_mark
    style = Style(balance_mark=mark, equity_mark=mark, date_order=answers.date_order)
    reader = row_reader(header, chosen, answers, style, now)
    taken = take(opened(), reader, at_line)
    if taken.is_ambiguous and (decided := _decided(opened, reader)) != style:
        reader = row_reader(header, chosen, answers, decided, now)
        taken = take(opened(), reader, at_line)
    if not taken.rows_read:
        raise UnreadableFile("the file has a header and no rows")
    settled = settle_repeats(taken.frame(), chosen)
    refusals = sorted([*taken.refusals, *settled.refusals], key=lambda refusal: refusal.line)
    return Reading(
        settled.rows,
        tuple(refusals),
        settled.duplicates,
        taken.rows_read,
        chosen,
        questions=frozenset(_questions(reader, taken)),
        header=header,
        again=lambda: opened().rows,
        left_out={"repeated headers": taken.repeated_headers} if taken.repeated_headers else {},
    )


def _decided(opened: Callable[[], Table], reader: RowReader) -> Style:
    """What the columns of the whole file say about their marks and the order of their dates."""
    style = reader.style

    def column(place: int) -> list[str]:
        return [cells[place] for _, _, cells in opened().rows if len(cells) > place]

    return replace(
        style,
        balance_mark=style.balance_mark or mark_of(column(reader.balance)),
        equity_mark=style.equity_mark
        or (None if reader.equity is None else mark_of(column(reader.equity))),
        date_order=style.date_order
        or (None if reader.taken_at is None else order_of(column(reader.taken_at))),
    )


def _questions(reader: RowReader, taken: Taken) -> set[Question]:
    """What the refused rows of a file would need to be said."""
    questions: set[Question] = set()
    for refusal in taken.refusals:
        if refusal.reason.startswith("has no zone"):
            questions.add(Question.TIME_ZONE)
        elif refusal.reason.startswith("may be thousands") and refusal.column in (
            reader.header[reader.balance],
            None if reader.equity is None else reader.header[reader.equity],
        ):
            questions.add(Question.DECIMAL_MARK)
        elif refusal.reason.endswith("state the order of the file's dates"):
            questions.add(Question.DATE_ORDER)
    return questions
