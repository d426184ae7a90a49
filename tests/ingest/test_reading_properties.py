"""Properties of reading: whatever the bytes, nothing is lost and nothing breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riskcore.ingest.reading import Reading, UnreadableFile, header_of, read_csv
from riskcore.ingest.refusals import SHOWN_LENGTH, shown

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATEST = pd.Timestamp(NOW + timedelta(minutes=5))
TEXT = (
    "account,time,balance,equity,note\r\n"
    "A1,2026-11-20 10:00:00,50000.00,49900.50,\r\n"
    'A1,2026-11-20T10:05:00Z,"1,234.50",-49.5,"a, b"\r\n'
    "A1,2026-11-20T10:05:00Z,1234.50,-49.50,again\r\n"
    "0042,2026.11.20 10:00:00.123,1,2,ü\r\n"
    "0042,2026.11.20 10:00:00.123,1,3,contradicts\r\n"
    "\r\n"
    "A2,2026-03-08 02:30:00,1,2,gap\r\n"
    "A2,20/11/2026 10:00,1,2,order\r\n"
    "A2,2026-11-20 10:00,,nan,blank\r\n"
)
FILES = [TEXT.encode(encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-be")]
FILES.append(TEXT.replace(",", ";").replace("\r\n", "\r").encode())
TELLING = st.sampled_from(list(b',;\t\r\n"\x00 .-+:/0123456789TZeENna\xff\xfe\xc3\xef'))


@st.composite
def mutated_files(draw: st.DrawFn) -> bytes:
    """A valid file with up to eight bytes flipped, deleted or inserted, or a piece doubled."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(0, 8))):
        where = draw(st.integers(0, max(len(data) - 1, 0)))
        length = draw(st.integers(1, 40))
        piece = bytes([draw(TELLING | st.integers(0, 255))])
        match draw(st.sampled_from(["flip", "delete", "insert", "repeat", "cut"])):
            case "flip":
                data[where : where + 1] = piece
            case "delete":
                del data[where : where + length]
            case "insert":
                data[where:where] = piece
            case "repeat":
                data[where:where] = data[where : where + length]
            case _:
                del data[where + length * 10 :]
    return bytes(data)


def reading_of(data: bytes) -> Reading | str:
    """What the file says, or the sentence that refuses it."""
    try:
        return read_csv(data, time_zone="America/New_York", now=NOW)
    except UnreadableFile as error:
        return str(error)


def check_sentence(sentence: str) -> None:
    assert sentence.isprintable()
    assert len(sentence) < 1300


def check_reading(reading: Reading) -> None:
    rows, refused = reading.rows, {refusal.line for refusal in reading.refusals}
    assert reading.rows_read == len(rows) + len(refused) + reading.duplicates
    assert refused.isdisjoint(rows.line)
    assert rows.line.is_monotonic_increasing
    assert not rows.duplicated(["account", "taken_at"]).any()
    assert (rows.taken_at <= LATEST).all()
    assert rows.account.str.len().between(1, 80).all()
    for money in (rows.balance, rows.equity):
        assert np.isfinite(money).all()
        assert (money.abs() < 1e13).all()
        assert (money == money.round(2)).all()
    for refusal in reading.refusals:
        assert refusal.reason
        assert len(refusal.value) <= SHOWN_LENGTH
        assert refusal.value.isprintable()


@settings(max_examples=600, deadline=None)
@given(mutated_files())
def test_every_row_of_a_damaged_file_is_taken_refused_or_counted_twice(data):
    answer = reading_of(data)
    if isinstance(answer, str):
        check_sentence(answer)
    else:
        check_reading(answer)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\xd8")
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b"\0\0\0\0")
def test_any_bytes_are_a_reading_or_an_unreadable_file(data):
    answer = reading_of(data)
    if isinstance(answer, str):
        check_sentence(answer)
    else:
        check_reading(answer)


@settings(max_examples=200, deadline=None)
@given(mutated_files())
def test_reading_twice_says_the_same(data):
    first, second = reading_of(data), reading_of(data)
    if isinstance(first, Reading) and isinstance(second, Reading):
        pd.testing.assert_frame_equal(first.rows, second.rows)
        assert (first.refusals, first.duplicates) == (second.refusals, second.duplicates)
        assert (first.rows_read, first.columns) == (second.rows_read, second.columns)
    else:
        assert first == second


@settings(max_examples=200, deadline=None)
@given(mutated_files())
def test_the_header_of_a_file_that_reads_is_there(data):
    answer = reading_of(data)
    try:
        header = header_of(data)
    except UnreadableFile:
        assert isinstance(answer, str)
        return
    assert 1 <= len(header) <= 64
    if isinstance(answer, Reading):
        assert answer.columns.equity in header


cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=12
) | st.sampled_from(["A", "2026-11-20 10:00", "2026-11-20 10:00Z", "1", "2.50", "nan", ""])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(cells, min_size=0, max_size=6), max_size=12))
def test_every_row_that_is_not_blank_is_accounted_for(table):
    """Cells are quoted by hand, so the number of rows is known beforehand."""
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    answer = reading_of(("account,time,balance,equity\n" + "\n".join(lines)).encode())
    written = sum(1 for row in table if "".join(row).strip())
    if isinstance(answer, str):
        assert answer == "the file has a header and no rows"
        assert written == 0
    else:
        check_reading(answer)
        assert answer.rows_read == written


observations = st.tuples(
    st.sampled_from(["A", "B", "007"]),
    st.integers(0, 20),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(0, 3),
)


@given(st.lists(observations, min_size=1, max_size=30))
def test_the_first_word_on_an_instant_stands_and_the_rest_repeats_or_contradicts(table):
    """Against the plainest possible reckoning: a dictionary."""
    seen: dict[tuple[str, int], tuple[int, int]] = {}
    duplicates, contradictions, text = 0, [], "account,time,balance,equity\n"
    for line, (account, minute, balance, equity) in enumerate(table, 2):
        sign, amount = "-" if balance < 0 else "", abs(balance)
        text += f"{account},2026-11-20 10:{minute:02d}Z,{sign}{amount // 100}.{amount % 100:02d},"
        text += f"0.0{equity}\n"
        first = seen.setdefault((account, minute), (balance, equity))
        is_first = first == (balance, equity)
        if not is_first:
            contradictions.append(line)
        duplicates += is_first
    reading = read_csv(text.encode(), now=NOW)
    assert reading.duplicates == duplicates - len(seen)
    assert [refusal.line for refusal in reading.refusals] == contradictions
    assert (reading.rows.balance * 100).round().astype("int64").tolist() == [
        balance for balance, _ in seen.values()
    ]


@given(st.text())
def test_what_is_shown_is_one_short_visible_line(text):
    assert len(shown(text)) <= SHOWN_LENGTH
    assert shown(text).isprintable()


def test_a_value_of_80_characters_is_shown_in_full_and_a_longer_one_is_cut():
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 79 + "…"
