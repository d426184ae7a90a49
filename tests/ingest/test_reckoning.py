"""Reckoning: how balances follow from an export, and what is refused when they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from riskcore.ingest.answers import Answers, Question
from riskcore.ingest.file_names import account_in_name
from riskcore.ingest.gaps import data_gaps
from riskcore.ingest.reading import Reading, read_file
from tests.ingest.samples import NOW

CASH = "Account,Transaction ID,Timestamp,Date,Delta,Amount,Cash Change Type,Currency,Contract\n"
TRADES = "Id,ContractName,EnteredAt,ExitedAt,Fees,PnL,TradeDay\n"
DAYS = "Account ID,Account Name,Trade Date,Total Amount,Total Realized PNL\n"


def read(text: str, **said: Any) -> Reading:
    return read_file(text.encode(), now=NOW, answers=Answers(time_zone="UTC", **said))


def cash(number: int, minute: int, delta: str, amount: str, kind: str = "Trade Paired") -> str:
    return f"A,{number},06/30/2026 10:{minute:02d}:00,2026-06-30,{delta},{amount}, {kind},USD,\n"


def trade(number: int, minute: int, result: str, fees: str = "0.5") -> str:
    day = "06/30/2026"
    at = f"{day} 10:{minute:02d}:00 +00:00"
    return f"{number},MNQ,{at},{at},{fees},{result},{day}\n"


def balances(reading: Reading) -> list[float]:
    return reading.rows.sort_values("taken_at")["balance"].tolist()


class TestLedgers:
    def test_rows_of_one_instant_stay_apart_in_the_order_of_their_numbers(self) -> None:
        rows = cash(3, 1, "-1.00", "98.00") + cash(2, 1, "-1.00", "99.00")
        reading = read(CASH + rows)
        assert balances(reading) == [99, 98]
        first, second = sorted(reading.rows["taken_at"])
        assert second - first == timedelta(microseconds=1)

    def test_the_same_number_again_is_a_duplicate_and_with_other_values_refused(self) -> None:
        rows = cash(2, 1, "-1.00", "99.00") * 2 + cash(2, 1, "-1.00", "98.00")
        reading = read(CASH + rows)
        assert (len(reading.rows), reading.duplicates, reading.refused) == (1, 1, 1)
        assert "contradicts line 2" in reading.refusals[0].reason

    def test_a_balance_that_does_not_add_up_is_an_implied_flow(self) -> None:
        """
        balance  result  before it       moved by itself
        100.00   -1.00   (first row)
         99.00   -1.00   100.00          0
        148.00   -1.00    99.00         50
        """
        rows = cash(1, 1, "-1.00", "100.00") + cash(2, 2, "-1.00", "99.00")
        reading = read(CASH + rows + cash(3, 3, "-1.00", "148.00"))
        (flow,) = reading.flows
        assert (flow.line, flow.amount, flow.is_implied) == (4, 148 - (99 - 1), True)
        assert reading.openings == {"A": 100 - -1}

    def test_the_first_deposit_is_what_the_account_began_with_and_no_flow(self) -> None:
        rows = cash(1, 1, "100.00", "100.00", "Deposit") + cash(2, 2, "5.00", "105.00", "Deposit")
        reading = read(CASH + rows)
        assert [flow.amount for flow in reading.flows] == [5]
        assert reading.openings == {"A": 100}

    def test_a_row_that_is_refused_leaves_the_others_as_they_are(self) -> None:
        rows = cash(1, 1, "-1.00", "n/a") + cash(2, 2, "-1.00", "99.00")
        reading = read(CASH + rows)
        assert balances(reading) == [99]


class TestTrades:
    def test_results_are_net_of_fees_and_counted_by_the_time_of_closing(self) -> None:
        rows = trade(2, 9, "-20.00") + trade(1, 5, "34.00", "0.25")
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert balances(reading) == [1_000 + 34 - 0.25, 1_000 + 34 - 0.25 - 20 - 0.5]

    def test_fees_of_nine_decimals_add_up_before_they_are_rounded(self) -> None:
        rows = "".join(trade(n, n, "0.000", "0.001250000") for n in range(1, 9))
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert balances(reading)[-1] == 1_000 - 8 * 0.00125

    def test_without_the_balance_before_them_nothing_is_known(self) -> None:
        reading = read(TRADES + trade(1, 5, "34.00"), account="A")
        assert reading.questions == {Question.STARTING_BALANCE}
        assert reading.rows.empty
        assert reading.trades_from == {"A": datetime(2026, 6, 30, 10, 5, tzinfo=UTC)}

    def test_after_a_result_that_is_not_known_no_sum_is(self) -> None:
        """
        line  closed  result
        2     10:05   34.00
        3     10:06   n/a       refused
        4     10:07   10.00     its sum is not known
        """
        rows = trade(1, 5, "34.00") + trade(2, 6, "n/a") + trade(3, 7, "10.00")
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert balances(reading) == [1_033.5]
        assert [refusal.line for refusal in reading.refusals] == [3, 4]
        assert "since the result of line 3 is not" in reading.refusals[1].reason

    def test_a_row_without_a_time_may_have_been_before_all_others(self) -> None:
        rows = trade(1, 5, "34.00") + trade(2, 6, "1.00").replace("06/30/2026 10", "06/31/2026 10")
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert (len(reading.rows), reading.refused) == (0, 2)

    def test_a_row_of_another_shape_may_have_been_before_all_others(self) -> None:
        rows = trade(1, 5, "34.00") + "2,MNQ\n"
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert (len(reading.rows), reading.refused) == (0, 2)

    def test_a_row_of_the_same_instant_as_one_that_is_not_known_is_not_known(self) -> None:
        rows = trade(1, 5, "34.00") + trade(2, 6, "n/a") + trade(3, 6, "10.00")
        reading = read(TRADES + rows, account="A", starting_balances={"": 1_000.0})
        assert [refusal.line for refusal in reading.refusals] == [3, 4]


REPORT = """\
Trade History Report,,,,,,,,,,,,
Account:,,,51234567,,,,,,,,,
Date:,,,2026.06.30 12:00,,,,,,,,,
Positions,,,,,,,,,,,,
Time,Position,Symbol,Type,Volume,Price,S / L,T / P,Time,Price,Commission,Swap,Profit
{rows}Results,,,,,,,,,,,,
Balance:,,,1 000.00,,,,,,,,,
Equity:,,,990.00,,,,,,,,,
"""


def position(number: int, minute: int, result: str) -> str:
    at = f"2026.06.30 10:{minute:02d}:00"
    return f"{at},{number},EURUSD,buy,1,1,,,{at},1,-1.00,0.00,{result}\n"


class TestStatements:
    def test_balances_are_reckoned_back_from_the_one_at_the_end(self) -> None:
        """
        closed  result  balance
        10:05   19.00    970.00   (begun with 951.00)
        10:06   30.00   1000.00
        12:00           1000.00   equity 990.00
        """
        rows = position(1, 5, "20.00") + position(2, 6, "31.00")
        reading = read(REPORT.format(rows=rows))
        assert balances(reading) == [1_000 - 30, 1_000, 1_000]
        assert reading.rows["equity"].tolist()[-1] == 990
        assert reading.openings == {"51234567": 1_000 - 30 - 19}
        assert reading.rows["basis"].tolist() == [1, 1, 0]

    def test_before_a_result_that_is_not_known_no_balance_is(self) -> None:
        rows = position(1, 5, "20.00") + position(2, 6, "n/a") + position(3, 6, "5.00")
        reading = read(REPORT.format(rows=rows + position(4, 7, "11.00")))
        assert balances(reading) == [1_000, 1_000]
        assert [refusal.line for refusal in reading.refusals] == [6, 7, 8]


class TestDays:
    @pytest.mark.parametrize(("now", "taken"), [("21:54:58", 0), ("21:54:59", 1)])
    def test_a_day_counts_once_it_is_over(self, now: str, taken: int) -> None:
        """16:00 in Chicago is 22:00 UTC in November; a clock may run five minutes ahead."""
        clock = datetime.fromisoformat(f"2026-11-20T{now}Z")
        text = DAYS + '1,A,2026-11-20,"50,000.00",0.00\n'
        reading = read_file(text.encode(), now=clock)
        assert len(reading.rows) == taken
        if not taken:
            assert "is a day that is not over yet" in reading.refusals[0].reason

    def test_two_values_for_one_day_contradict(self) -> None:
        text = DAYS + "1,A,2026-11-19,100.00,0.00\n1,A,2026-11-19,101.00,0.00\n"
        reading = read(text)
        assert (len(reading.rows), reading.refused) == (1, 1)


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("ReportHistory-51234567.html", "51234567"),
        ("Acct_5306502__statement_20260101.csv", "5306502"),
        ("Performance (2).csv", None),
        ("20260101-20260131.csv", None),
        ("51234567-51234568.csv", None),
        ("0051234567.csv", "0051234567"),
    ],
)
def test_a_file_name_speaks_of_an_account_when_it_has_one_long_number(
    name: str, account: str | None
) -> None:
    assert account_in_name(name) == account


@pytest.mark.parametrize(("days", "gaps"), [(4, 0), (5, 1)])
def test_more_than_four_days_without_a_row_is_a_gap(days: int, gaps: int) -> None:
    text = "account,time,balance,equity\nA,2026-11-01T10:00Z,1,1\nB,2026-11-01T10:00Z,1,1\n"
    found = data_gaps(read(text + f"A,2026-11-{1 + days:02d}T10:00Z,1,1\n").rows)
    assert [gap.account for gap in found] == ["A"] * gaps
