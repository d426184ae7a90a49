"""The board: what it keeps in memory and what the stored history says never disagree."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd
import pytest

from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Account, AccountGroup, Basis
from riskcore.domain.rules import rule_from
from riskcore.domain.status import Status
from riskcore.live.board import Board

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


def account(number):
    return Account(
        id=UUID(int=number),
        user_id="local",
        number=str(number),
        name=str(number),
        starting_balance=100_000.0,
        rules=(rule_from("max_loss", {"limit_amount": 5_000, "trail": "intraday_equity"}),),
        created_at=NOW,
        updated_at=NOW,
    )


def group(*accounts):
    ids = tuple(a.id for a in accounts)
    return AccountGroup(
        id=UUID(int=900), user_id="local", name="g", account_ids=ids, created_at=NOW, updated_at=NOW
    )


def rows(*snapshots):
    """account, minutes before 15:00, equity."""
    return pd.DataFrame(
        {
            "account_id": [str(a.id) for a, _, _ in snapshots],
            "taken_at": pd.DatetimeIndex(
                [NOW - timedelta(minutes=minutes) for _, minutes, _ in snapshots]
            ).as_unit("us"),
            "balance": [float(equity) for _, _, equity in snapshots],
            "equity": [float(equity) for _, _, equity in snapshots],
        }
    )


class Store:
    """What a database would hold: every row, each account and instant once."""

    def __init__(self):
        self.rows = rows()

    def add(self, more):
        both = pd.concat([self.rows, more]) if len(self.rows) else more
        self.rows = both.drop_duplicates(["account_id", "taken_at"], keep="last")
        return more

    def history_of(self, accounts):
        return self.rows[self.rows["account_id"].isin([str(a.id) for a in accounts])]


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def board(store):
    return Board(store.history_of)


def states(board, accounts):
    evaluation = board.evaluate(group(*accounts), now=NOW)
    return {m.account_id: (m.status, m.rule_states) for m in evaluation.members}


def test_recorded_snapshots_count_in_the_next_answer(board, store):
    """Peak 102,000, so the floor is 97,000; at 97,500 there are 500 left."""
    one = account(1)
    board.start([one], [])
    board.record(store.add(rows((one, 9, 102_000))))
    board.record(store.add(rows((one, 1, 97_500))))
    _, rules = states(board, [one])[one.id]
    assert rules["max_loss"].buffer == 97_500 - (102_000 - 5_000)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_a_board_fed_in_any_order_equals_one_started_from_the_store(board, store, order):
    first, second = account(1), account(2)
    batches = [
        rows((first, 50, 102_000), (second, 50, 99_000)),
        rows((first, 30, 96_999.99)),
        rows((first, 10, 101_000), (second, 10, 104_000)),
    ]
    board.start([first, second], [])
    for batch in order:
        board.record(store.add(batches[batch]))
        board.evaluate(group(first), now=NOW)
    anew = Board(store.history_of)
    anew.start([first, second], [])
    assert states(board, [first, second]) == states(anew, [first, second])
    assert states(anew, [first, second])[first.id][0] is Status.VIOLATED


def test_contracts_and_basis_reach_the_rules(board, store):
    limited = replace(account(1), rules=(rule_from("position_limit", {"most_contracts": 3}),))
    board.start([limited], [])
    said = rows((limited, 1, 99_000)).assign(open_contracts=4.0, basis=2)
    board.record(store.add(said))
    status, rules = states(board, [limited])[limited.id]
    assert (status, rules["position_limit"].measured) == (Status.VIOLATED, 4.0)
    assert rules["position_limit"].basis is Basis.END_OF_DAY


def test_rows_that_do_not_say_stand_beside_rows_that_do(board, store):
    """Taken in together: 14:50 does not say how many are open, 14:59 says 2."""
    limited = replace(account(1), rules=(rule_from("position_limit", {"most_contracts": 3}),))
    board.start([limited], [])
    board.record(store.add(rows((limited, 10, 99_000))))
    board.record(store.add(rows((limited, 1, 99_000)).assign(open_contracts=2.0, basis=0)))
    status, rules = states(board, [limited])[limited.id]
    assert (status, rules["position_limit"].measured) == (Status.SAFE, 2.0)


@pytest.mark.parametrize("late", [False, True])
def test_a_payout_put_on_the_board_equals_one_known_from_the_start(board, store, late):
    """3,000 of 103,000 leave at 14:40; a snapshot of 14:50 may be heard of after 14:59."""
    terms = {"limit_amount": 5_000, "trail": "intraday_equity", "payout_effect": "reduce_hwm"}
    one = replace(account(1), rules=(rule_from("max_loss", terms),))
    paid = AccountEvent(
        id=UUID(int=5),
        account_id=one.id,
        kind=EventKind.PAYOUT,
        happened_at=NOW - timedelta(minutes=20),
        amount=3_000.0,
    )
    knowing = replace(one, events=(paid,))
    board.start([one], [])
    batches = [rows((one, 10, 99_500)), rows((one, 1, 99_000))]
    board.record(store.add(rows((one, 30, 103_000))))
    for batch in reversed(batches) if late else batches:
        board.record(store.add(batch))
        board.evaluate(group(one), now=NOW)
    board.put_accounts([knowing])
    anew = Board(store.history_of)
    anew.start([knowing], [])
    assert states(board, [one]) == states(anew, [one])
    _, rules = states(board, [one])[one.id]
    assert rules["max_loss"].buffer == 99_000 - (103_000 - 3_000 - 5_000)


def test_whoever_holds_the_board_is_waited_for(board, store):
    """What is put while the board is held stays: who comes second has read what is new."""
    one = account(1)
    board.start([one], [])
    with board.held():
        waiting = threading.Thread(target=board.put_accounts, args=[[replace(one, name="Second")]])
        waiting.start()
        board.put_accounts([replace(one, name="First")])
        assert "account First" in board.evaluate(group(one), now=NOW).reason
    waiting.join()
    assert "account Second" in board.evaluate(group(one), now=NOW).reason


def test_two_values_for_one_instant_are_settled_by_the_store(board, store):
    """The store took 49,000 first and 99,000 last; the board hears of them the other way round."""
    one = account(1)
    board.start([one], [])
    first, last = rows((one, 1, 49_000)), rows((one, 1, 99_000))
    store.add(first)
    store.add(last)
    board.record(last)
    board.record(first)
    assert states(board, [one])[one.id][0] is Status.SAFE


def test_an_account_made_while_others_are_watched_changes_nothing_for_them(board, store):
    first, second = account(2), account(1)
    board.start([first], [])
    board.record(store.add(rows((first, 30, 94_999), (first, 1, 99_000))))
    before = states(board, [first])
    board.put_accounts([second])
    assert states(board, [first]) == before


def test_a_changed_rule_judges_the_stored_history_anew(board, store):
    one = account(1)
    board.start([one], [])
    board.record(store.add(rows((one, 30, 94_000), (one, 1, 99_000))))
    assert states(board, [one])[one.id][0] is Status.VIOLATED
    looser = replace(one, rules=(rule_from("max_loss", {"limit_amount": 20_000}),))
    board.put_accounts([looser])
    assert states(board, [looser])[one.id][0] is Status.SAFE


def test_rows_of_an_account_that_was_deleted_meanwhile_are_dropped(board, store):
    first, second = account(1), account(2)
    board.start([first, second], [])
    board.record(store.add(rows((first, 1, 99_000), (second, 1, 99_500))))
    board.drop_account(first.id)
    assert set(states(board, [second])) == {second.id}


def test_a_member_that_is_on_its_way_keeps_no_other_group_from_its_answer(board, store):
    """Account 2 is stored and in a group a moment before the board has it; then it counts."""
    one, two = account(1), account(2)
    board.start([one], [])
    board.record(store.add(rows((one, 1, 99_000), (two, 1, 96_000))))
    both = group(one, two)
    (answer,) = board.answers([both], NOW)
    assert [member.account_id for member in answer.evaluation.members] == [one.id]
    board.put_accounts([two])
    (answer,) = board.answers([both], NOW)
    assert answer.evaluation.weakest_account_id == two.id
