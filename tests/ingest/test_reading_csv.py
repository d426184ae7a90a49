"""Reading a CSV: what is taken, what is refused and why, and that nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import nan

import pandas as pd
import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import Basis
from riskcore.ingest.answers import Answers, Question
from riskcore.ingest.reading import (
    REFUSALS_IN_FULL,
    ColumnMap,
    Reading,
    Refusal,
    UnreadableFile,
    header_of,
    read_csv,
    read_file,
)
from riskcore.ingest.stamps import DateOrder

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEADER = "account,time,balance,equity\n"
FIRST = "A1,2026-11-23 10:00Z,50000.00,49900.50\n"


def read(text: str, **options: object) -> Reading:
    return read_csv(text.encode(), now=NOW, **options)


def read_rows(rows: str, **options: object) -> Reading:
    return read(HEADER + rows, **options)


def only_refusal(rows: str, **options: object) -> Refusal:
    reading = read_rows(rows, **options)
    assert len(reading.rows) == reading.rows_read - reading.duplicates - 1
    (refusal,) = reading.refusals
    return refusal


def test_a_row_is_an_account_an_instant_a_balance_and_an_equity():
    reading = read_rows("A1,2026-11-23T10:00:00.5Z,50000,49900.5\n0042,2026-11-23 10:00Z,-1,0\n")
    assert reading.rows.to_dict("list") == {
        "line": [2, 3],
        "account": ["A1", "0042"],
        "taken_at": [
            pd.Timestamp("2026-11-23 10:00:00.5", tz="UTC"),
            pd.Timestamp("2026-11-23 10:00", tz="UTC"),
        ],
        "balance": [50_000.0, -1.0],
        "equity": [49_900.5, 0.0],
        "open_contracts": [pytest.approx(nan, nan_ok=True)] * 2,
        "basis": [0, 0],
    }
    assert (reading.refusals, reading.duplicates, reading.rows_read) == ((), 0, 2)
    assert reading.columns == ColumnMap("account", "time", "balance", "equity")


@pytest.mark.parametrize("rows", [FIRST, "A1,x,1,1\n"])
def test_the_frame_has_the_same_types_with_and_without_rows(rows):
    types = read_rows(rows).rows.dtypes.astype(str).to_dict()
    assert types["line"] == "int64"
    assert types["account"] in {"str", "object"}
    assert types["taken_at"] == "datetime64[us, UTC]"
    assert types["balance"] == types["equity"] == types["open_contracts"] == "float64"
    assert types["basis"] == "int8"


def test_other_columns_and_their_order_do_not_matter():
    reading = read('Note;Equity;Time;P&L;Account;Balance\n"a;b";2.00;2026-11-23 10:00Z;x;A;1.00\n')
    read_of = ["line", "account", "balance", "equity"]
    assert reading.rows[read_of].values.tolist() == [[2, "A", 1.0, 2.0]]


def test_columns_can_be_chosen_by_the_person():
    text = "Nr,When,Cash,Total\nA,2026-11-23 10:00Z,1,2\n"
    with pytest.raises(UnreadableFile, match="account and time and balance and equity"):
        read(text)
    reading = read(text, columns=ColumnMap("Nr", "When", "Cash", "Total"))
    assert reading.rows.equity.tolist() == [2.0]


def test_account_numbers_are_text():
    rows = "".join(
        f"{number},2026-11-23 10:00Z,1,1\n"
        for number in ("007", "00123456789012345678", "1e5", " NAME!Conn!Conn ", "U***50777")
    )
    assert read_rows(rows).rows.account.tolist() == [
        "007",
        "00123456789012345678",
        "1e5",
        "NAME!Conn!Conn",
        "U***50777",
    ]


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (" ", "is blank"),
        ("A\u200b1", "must have no hidden characters, was U+200B"),
        ("A\u202e1", "must have no hidden characters, was U+202E"),
        ("A\x071", "must have no hidden characters, was U+0007"),
        ("A" * 81, "must have 1 to 80 characters, was 81"),
    ],
)
def test_an_account_that_cannot_be_told_is_refused(account, reason):
    refusal = only_refusal(f"{account},2026-11-23 10:00Z,1,1\n")
    assert (refusal.line, refusal.column, refusal.reason) == (2, "account", reason)
    assert refusal.value.isprintable()


@pytest.mark.parametrize("amount", ["", "NaN", "inf", "-Infinity", "1.234", "1.005", "12e3"])
@pytest.mark.parametrize("column", ["balance", "equity"])
def test_an_amount_that_is_not_known_is_refused_and_never_zero(amount, column):
    cells = {"balance": "1.00", "equity": "1.00", column: amount}
    refusal = only_refusal(f"A,2026-11-23 10:00Z,{cells['balance']},{cells['equity']}\n")
    assert (refusal.line, refusal.column, refusal.value) == (2, column, amount)


def test_a_row_tells_all_its_bad_cells():
    reading = read_rows(",2026-11-23,x,\n" + FIRST)
    assert [(r.line, r.column, r.reason) for r in reading.refusals] == [
        (2, "account", "is blank"),
        (2, "time", "has a date and no time of day"),
        (2, "balance", "is not an amount such as -1234.50"),
        (2, "equity", "is blank: an unknown amount is never read as 0"),
    ]
    assert (len(reading.rows), reading.rows_read) == (1, 2)


@pytest.mark.parametrize(("before", "told"), [(-1, ["time", "balance"]), (0, ["time"])])
def test_after_ten_thousand_reasons_a_row_tells_its_first_bad_cell_only(before, told):
    reading = read_rows("A,x,1,1\n" * (REFUSALS_IN_FULL + before) + "A,x,x,1\n")
    last = reading.rows_read + 1
    assert [refusal.column for refusal in reading.refusals if refusal.line == last] == told
    assert len({refusal.line for refusal in reading.refusals}) == reading.rows_read


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,2026-11-23 10:00Z,1", "has 3 cells, the header has 4"),
        ("A,2026-11-23 10:00Z,1,1,", "has 5 cells, the header has 4"),
        ("A,2026-11-23 10:00Z,1,234.50,1", "has 5 cells, the header has 4"),
        ('"A\n1",2026-11-23 10:00Z,1,1', "runs over lines 2 to 3: a cell has a line break"),
    ],
)
def test_a_row_of_another_shape_than_the_header_is_refused(row, reason):
    refusal = only_refusal(row + "\n" + FIRST)
    assert (refusal.line, refusal.column) == (2, "")
    assert refusal.reason.startswith(reason)
    assert refusal.value.isprintable()


def test_a_stray_pair_of_quotes_never_swallows_rows_unseen():
    """Line 2 opens a quote which line 4 closes: what lies between is refused by name."""
    text = HEADER.strip() + ",note\n"
    text += 'A,2026-11-23 10:00Z,1,1,"x\nA,2026-11-23 10:01Z,1,1,y\nA,2026-11-23 10:02Z,1,1,z"\n'
    (refusal,) = read(text).refusals
    assert refusal.reason.startswith("runs over lines 2 to 4")


@pytest.mark.parametrize(
    ("ahead", "is_taken"),
    [
        (timedelta(minutes=4, seconds=59), True),
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, microseconds=1), False),
        (timedelta(minutes=5, seconds=1), False),
    ],
)
def test_a_time_up_to_five_minutes_ahead_is_taken(ahead, is_taken):
    reading = read_rows(f"A,{(NOW + ahead).isoformat()},1,1\n")
    assert len(reading.rows) == is_taken
    assert [r.reason for r in reading.refusals] == (
        [] if is_taken else ["is more than 5 minutes in the future"]
    )


def test_local_times_are_of_the_stated_zone_and_refused_without_one():
    row = "A,2026-11-23 05:00,1,1\n"
    assert only_refusal(row).reason == "has no zone: state the zone of the file's times"
    taken = read_rows(row, time_zone="America/New_York").rows.taken_at[0]
    assert taken == pd.Timestamp("2026-11-23 10:00", tz="UTC")


def test_an_unknown_zone_is_the_callers_mistake():
    with pytest.raises(InvalidValue, match="time_zone must be an IANA zone"):
        read_rows(FIRST, time_zone="New York")


def test_a_naive_now_is_the_callers_mistake():
    with pytest.raises(TypeError):
        read_csv((HEADER + FIRST).encode(), now=datetime(2026, 11, 23))


def test_the_same_row_again_is_counted_and_not_taken():
    reading = read_rows(FIRST + FIRST + "A1,2026-11-23T05:00-05:00,50000,49900.5\n")
    assert (reading.duplicates, reading.refusals, reading.rows_read) == (2, (), 3)
    assert reading.rows.line.tolist() == [2]


def test_a_later_row_with_other_values_for_the_same_instant_is_refused():
    reading = read_rows(
        FIRST
        + "B1,2026-11-23 10:00Z,1,1\n"
        + "A1,2026-11-23 10:00Z,50000.01,49900.50\n"
        + "A1,2026-11-23 10:00Z,50000.00,49900.51\n"
        + FIRST
    )
    assert reading.refusals == (
        Refusal(
            4,
            "balance",
            "50000.01",
            "contradicts line 2, which has 50000.00 for the same account and time",
        ),
        Refusal(
            5,
            "equity",
            "49900.51",
            "contradicts line 2, which has 49900.50 for the same account and time",
        ),
    )
    assert (reading.rows.line.tolist(), reading.duplicates, reading.rows_read) == ([2, 3], 1, 5)


WHOLE_HEADER = HEADER.strip() + ",contracts,basis\n"


def test_open_contracts_and_basis_are_read_where_the_file_has_them():
    reading = read(
        WHOLE_HEADER
        + "A1,2026-11-23 10:00Z,1,1,2.25,Closed_Balance\n"
        + "A1,2026-11-23 10:01Z,1,1,0,end_of_day\n"
        + "A1,2026-11-23 10:02Z,1,1,,\n"
    )
    contracts, basis = reading.rows["open_contracts"], reading.rows["basis"]
    assert contracts.fillna(-1).tolist() == [2.25, 0.0, -1.0]
    assert [list(Basis)[code] for code in basis] == [
        Basis.CLOSED_BALANCE,
        Basis.END_OF_DAY,
        Basis.EQUITY,
    ]


def test_one_of_the_two_columns_is_enough():
    header, row = HEADER.strip(), "A1,2026-11-23 10:00Z,1,1"
    only_contracts = read(f"{header},contracts\n{row},3\n").rows
    assert (only_contracts["open_contracts"][0], only_contracts["basis"][0]) == (3.0, 0)
    only_basis = read(f"{header},basis\n{row},end_of_day\n").rows
    assert only_basis["open_contracts"].isna().all()
    assert list(Basis)[only_basis["basis"][0]] is Basis.END_OF_DAY


def test_bad_contracts_and_a_bad_basis_refuse_their_row_by_name():
    reading = read(WHOLE_HEADER + "A1,2026-11-23 10:00Z,1,1,-2,guess\n" + FIRST.strip() + ",1,\n")
    assert reading.refusals == (
        Refusal(2, "contracts", "-2", "is negative: write how many are open, long or short"),
        Refusal(2, "basis", "guess", "is not one of equity, closed_balance, end_of_day"),
    )
    assert (len(reading.rows), reading.rows_read) == (1, 2)


def test_other_contracts_or_another_basis_for_the_same_instant_contradict():
    start = FIRST.strip()
    reading = read(
        WHOLE_HEADER
        + f"{start},,\n{start},,equity\n{start},2,\n{start},,end_of_day\n"
        + "B1,2026-11-23 10:00Z,1,1,1.5,\nB1,2026-11-23 10:00Z,1,1,,\n"
    )
    said = "contradicts line {}, which has {} for the same account and time"
    assert reading.refusals == (
        Refusal(4, "contracts", "2", said.format(2, "nothing")),
        Refusal(5, "basis", "end_of_day", said.format(2, "equity")),
        Refusal(7, "contracts", "", said.format(6, "1.5")),
    )
    assert (reading.duplicates, reading.rows["line"].tolist()) == (1, [2, 6])


def test_a_refused_row_contradicts_nothing():
    reading = read_rows("A1,2026-11-23 10:00Z,x,1\n" + FIRST)
    assert [refusal.line for refusal in reading.refusals] == [2]
    assert reading.rows.line.tolist() == [3]


def test_rows_stay_in_file_order_and_refusals_rise_by_line():
    reading = read_rows(
        "B,2026-11-23 10:00Z,1,1\nA,2026-11-23 09:00Z,1,1\nB,2026-11-23 10:00Z,2,1\n"
        "A,bad,1,1\nA,2026-11-23 08:00Z,1,1\n"
    )
    assert reading.rows.line.tolist() == [2, 3, 6]
    assert [refusal.line for refusal in reading.refusals] == [4, 5]


@pytest.mark.parametrize("rows", ["", "\n\n", ",,,\n"])
def test_a_file_without_rows_is_refused(rows):
    with pytest.raises(UnreadableFile, match="the file has a header and no rows"):
        read_rows(rows)


def test_a_file_whose_rows_are_all_refused_is_a_reading():
    reading = read_rows("A,x,1,1\n")
    assert (len(reading.rows), len(reading.refusals), reading.rows_read) == (0, 1, 1)


def test_a_header_repeated_within_the_file_is_no_row():
    reading = read_rows(FIRST + HEADER + FIRST.replace("10:00", "10:01"))
    assert (reading.rows_read, reading.refusals) == (2, ())
    assert reading.left_out == {"repeated headers": 1}


def test_two_columns_of_one_name_are_refused_where_one_of_them_is_needed():
    with pytest.raises(UnreadableFile, match="the header has 2 columns called equity"):
        read("account,time,balance,equity,Equity\nA,2026-11-23 10:00Z,1,1,1\n")
    assert len(read("account,time,balance,equity,x,x\nA,2026-11-23 10:00Z,1,1,1,1\n").rows) == 1
    chosen = ColumnMap("account", "time", "balance", "net")
    with pytest.raises(UnreadableFile, match="several columns called net"):
        read("account,time,balance,net,Net\nA,2026-11-23 10:00Z,1,1,1\n", columns=chosen)


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        (["25/03/2026 10:00", "04/03/2026 10:00"], ["03-25", "03-04"]),
        (["03/25/2026 10:00", "04/03/2026 10:00"], ["03-25", "04-03"]),
        (["04/03/2026 10:00"], []),
        (["25/03/2026 10:00", "03/26/2026 10:00", "04/03/2026 10:00"], ["03-25", "03-26"]),
    ],
)
def test_one_date_that_can_be_read_in_one_order_only_decides_for_the_file(times, hours):
    rows = "".join(f"A{place},{time}Z,1,1\n" for place, time in enumerate(times))
    reading = read_rows(rows)
    assert [f"{taken_at:%m-%d}" for taken_at in reading.rows.taken_at] == hours
    asked = {Question.DATE_ORDER} if len(hours) < len(times) else set()
    assert reading.questions == asked


def test_the_order_of_dates_can_be_stated():
    answers = Answers(date_order=DateOrder.MONTH_FIRST)
    data = (HEADER + "A,04/03/2026 10:00Z,1,1\nA,25/03/2026 10:00Z,1,1\n").encode()
    reading = read_file(data, now=NOW, answers=answers)
    assert [f"{taken_at:%m-%d}" for taken_at in reading.rows.taken_at] == ["04-03"]
    assert "can only be 2026-03-25" in reading.refusals[0].reason


def test_the_decimal_mark_is_decided_by_its_column_and_asked_for_where_nothing_tells():
    amounts = ['"1,234"', "1234.50"]
    rows = "".join(f"A{n},2026-11-23 10:00Z,1,{a}\n" for n, a in enumerate(amounts))
    assert read_rows(rows).rows.equity.tolist() == [1_234, 1_234.50]
    open_ = read_rows('A,2026-11-23 10:00Z,1,"1,234"\n')
    assert (open_.rows.empty, open_.questions) == (True, {Question.DECIMAL_MARK})
    stated = Answers(decimal_mark=",")
    data = (HEADER + 'A,2026-11-23 10:00Z,1,"1,230"\n').encode()
    assert read_file(data, now=NOW, answers=stated).rows.equity.tolist() == [1.23]


def test_account_and_time_may_be_stated_for_a_whole_file():
    data = b"equity,balance\n2,1\n"
    with pytest.raises(UnreadableFile, match="account and time"):
        read_file(data, now=NOW)
    reading = read_file(data, now=NOW, answers=Answers(account="007", as_of=NOW))
    assert reading.rows[["account", "balance", "equity"]].values.tolist() == [["007", 1.0, 2.0]]
    assert reading.rows.taken_at[0] == NOW


def test_a_file_without_equity_is_of_closed_trades_only():
    columns = ColumnMap("account", "time", "balance", None)
    reading = read("account,time,balance\nA,2026-11-23 10:00Z,5\n", columns=columns)
    assert reading.rows.equity.tolist() == [5]
    assert list(Basis)[reading.rows.basis[0]] is Basis.CLOSED_BALANCE


def test_the_header_can_be_read_alone():
    assert header_of(b"Nr;When;;\nx") == ["Nr", "When", "", ""]


def test_an_unreadable_file_is_an_invalid_value_of_the_file():
    with pytest.raises(InvalidValue) as caught:
        read("")
    assert caught.value.field == "file"


def test_a_whole_file_in_utf_16_with_semicolons_reads_as_its_utf_8_twin():
    text = HEADER + FIRST + '"B, 2",2026.11.23 10:00Z,"1,234.50",1\n'
    other = "account;time;balance;equity\r\nA1;2026-11-23 10:00Z;50000;49900.5\r\n"
    other += "B, 2;2026.11.23 10:00Z;1,234.50;1"
    twin = read_csv(other.encode("utf-16"), now=NOW)
    pd.testing.assert_frame_equal(read(text).rows, twin.rows)
