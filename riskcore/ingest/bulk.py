"""Bulk: many plain rows of text at once, columns as arrays; whatever is unusual is left over.

A piece of a file is plain when every line of it is one row of the header's width, in ASCII
and without quotes. Of its rows, those are taken whose cells are plainly written; the caller
reads the others one by one, so that both ways say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from riskcore.domain.days import IntArray
from riskcore.domain.money import FloatArray
from riskcore.ingest.refusals import BadCell
from riskcore.ingest.table import MAX_CELL_LENGTH

PIECE = 1024 * 1024
T = TypeVar("T")
BoolArray: TypeAlias = npt.NDArray[np.bool_]

POINT, MINUS = ord("."), ord("-")
IN_AMOUNTS = np.zeros(256, dtype=np.bool_)
IN_AMOUNTS[[ord(character) for character in "0123456789.-"]] = True
MOST_WHOLE_DIGITS = 13


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows of one piece: where they stand in it (0 for its first line), and their values.

    `account` is a place in `accounts`; instants are microseconds since 1970 UTC, amounts
    floats to the cent.
    """

    place: IntArray
    account: IntArray
    accounts: list[str]
    instant_us: IntArray
    balance: FloatArray
    equity: FloatArray


def pieces(data: bytes, start: int) -> Iterator[bytes]:
    """`data` from `start` in pieces of whole lines."""
    while start < len(data):
        end = data.find(b"\n", min(start + PIECE, len(data)))
        end = len(data) if end < 0 else end + 1
        yield data[start:end]
        start = end


def columns_of(
    piece: bytes, width: int, delimiter: str, wanted: Sequence[int]
) -> list[pa.Array] | None:
    """The wanted columns of a plain piece as text; None when it is not plain."""
    if not piece.isascii() or b'"' in piece or b"\0" in piece:
        return None
    ends = np.flatnonzero(np.frombuffer(piece, dtype=np.uint8) == ord("\n"))
    lines = len(ends) + (not piece.endswith(b"\n"))
    if np.diff(ends, prepend=-1, append=len(piece)).max() > MAX_CELL_LENGTH:
        return None
    names = [str(place) for place in range(width)]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(piece),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=2 * PIECE),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=list(dict.fromkeys(names[place] for place in wanted)),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != lines:
        return None
    return [table.column(names[place]).combine_chunks() for place in wanted]


def plain_rows(
    columns: Sequence[pa.Array],
    account_number: Callable[[str], str],
    instant_us: Callable[[str], int],
) -> PlainRows:
    """The rows of a piece whose cells are plainly written.

    `columns`: account, time, balance and equity. The two readers raise BadCell.
    """
    account, accounts, has_account = _coded(columns[0], account_number, "")
    when, instants, has_time = _coded(columns[1], instant_us, 0)
    balance, has_balance = _amounts(columns[2])
    equity, has_equity = _amounts(columns[3])
    place = np.flatnonzero(has_account & has_time & has_balance & has_equity)
    return PlainRows(
        place=place,
        account=account[place],
        accounts=accounts,
        instant_us=np.array(instants, dtype=np.int64)[when[place]],
        balance=balance[place],
        equity=equity[place],
    )


def _coded(
    column: pa.Array, read: Callable[[str], T], bad: T
) -> tuple[IntArray, list[T], BoolArray]:
    """Each different cell read once: a code for each row, what the codes say, and if it is read."""
    encoded = column.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    values: list[T] = []
    is_read = np.ones(len(encoded.dictionary), dtype=np.bool_)
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        try:
            values.append(read(text))
        except BadCell:
            values.append(bad)
            is_read[place] = False
    return codes, values, is_read[codes] if len(values) else np.zeros(0, dtype=np.bool_)


def _amounts(column: pa.Array) -> tuple[FloatArray, BoolArray]:
    """Amounts of digits with at most two decimals behind a point, and which cells are such."""
    is_plain = _plain_amounts(column)
    numbers = column
    if not is_plain.all():
        numbers = pc.if_else(pa.array(is_plain), column, pa.scalar("0"))
    values: FloatArray = numbers.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return values + 0.0, is_plain


def _plain_amounts(column: pa.Array) -> BoolArray:
    """Which cells are `-?` digits, and at most one point with one or two digits behind it."""
    _, offsets, content = column.buffers()
    places = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    letters = np.frombuffer(content or b"", dtype=np.uint8)
    first, end = places[:-1].astype(np.int64), places[1:].astype(np.int64)
    length = end - first
    padded = np.concatenate([letters, np.zeros(4, dtype=np.uint8)])
    is_negative = padded[first] == MINUS
    points = _count(padded == POINT, first, end)
    decimals = np.select(
        [padded[end - 3] == POINT, padded[end - 2] == POINT], [2, 1], default=0
    ) * (points == 1)
    whole = length - is_negative - np.where(points == 1, decimals + 1, 0)
    is_plain: BoolArray = (
        (_count(~IN_AMOUNTS[padded], first, end) == 0)
        & (_count(padded == MINUS, first, end) == is_negative)
        & ((points == 0) | ((points == 1) & (decimals > 0)))
        & (whole >= 1)
        & (whole <= MOST_WHOLE_DIGITS)
    )
    return is_plain


def _count(is_there: BoolArray, first: IntArray, end: IntArray) -> IntArray:
    """How many letters of each cell are there."""
    before = np.concatenate([[0], np.cumsum(is_there, dtype=np.int64)])
    counted: IntArray = before[end] - before[first]
    return counted
