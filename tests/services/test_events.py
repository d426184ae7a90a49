"""Events: what is posted after the fact judges the whole history anew."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.events import EventKind
from riskcore.domain.model import Snapshot
from riskcore.domain.rules import rule_from
from riskcore.domain.status import Status
from riskcore.services import accounts, events, groups, history, risk, snapshots
from riskcore.services.desk import open_desk
from riskcore.services.events import EventDraft
from riskcore.services.groups import GroupDraft
from riskcore.store.events import MOST_EVENTS
from tests.services.conftest import MONDAY

USER = "local"


def ago(minutes):
    """So many minutes before MONDAY 15:00 UTC."""
    return MONDAY - timedelta(minutes=minutes)


def payout(minutes, amount=1_500.0, **fields):
    return EventDraft(kind=EventKind.PAYOUT, happened_at=ago(minutes), amount=amount, **fields)


def record(desk, account, *rows):
    """Each row: minutes ago, balance; nothing is open."""
    posted = [
        Snapshot(account_id=account.id, taken_at=ago(minutes), balance=balance, equity=balance)
        for minutes, balance in rows
    ]
    return snapshots.record_snapshots(desk, USER, posted)


def daily(desk, account):
    return risk.evaluate_account(desk, USER, account.id).rule_states["daily_loss"]


@pytest.fixture
def account(desk, draft):
    """100,000, of which 1,000 may be lost a day."""
    rules = (rule_from("daily_loss", {"limit_amount": 1_000}),)
    return accounts.make_account(desk, USER, draft("7741", rules=rules))


def test_a_payout_known_after_the_fact_was_never_a_loss(desk, account):
    """
    14:00   balance 100,000
    14:30   1,500 are paid out
    14:50   balance  98,500
    """
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    assert daily(desk, account).status is Status.VIOLATED
    events.record_event(desk, USER, account.id, payout(30))
    assert daily(desk, account).buffer == 98_500 - (100_000 - 1_500 - 1_000)
    assert daily(desk, account).status is Status.SAFE


def test_an_event_that_is_deleted_counts_no_more(desk, account):
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    event = events.record_event(desk, USER, account.id, payout(30))
    events.delete_event(desk, USER, account.id, event.id)
    assert daily(desk, account).status is Status.VIOLATED
    assert events.list_events(desk, USER, account.id) == []


def test_a_snapshot_that_comes_late_is_judged_before_the_event(desk, account):
    """The payout was at 14:30; what was seen at 14:20 arrives last, a cent under the floor."""
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    events.record_event(desk, USER, account.id, payout(30))
    record(desk, account, (40, 98_999.99))
    assert daily(desk, account).status is Status.VIOLATED
    assert daily(desk, account).violated_at == ago(40)


def test_events_and_snapshots_in_any_order_end_the_same(tmp_path, draft, clock):
    rows = [(90 - 5 * n, 100_000.0 - 90 * n) for n in range(9)] + [(40, 98_000.0), (20, 97_900.0)]
    happened = [payout(42), EventDraft(kind=EventKind.DEPOSIT, happened_at=ago(25), amount=300.0)]
    answers = []
    for order in range(4):
        desk = open_desk(tmp_path / f"{order}.duckdb", clock)
        account = accounts.make_account(desk, USER, draft("7741"))
        steps = [*rows, *happened]
        random.Random(order).shuffle(steps)
        for step in steps:
            if isinstance(step, EventDraft):
                events.record_event(desk, USER, account.id, step)
            else:
                record(desk, account, step)
        answer = risk.evaluate_account(desk, USER, account.id)
        answers.append([(s.buffer, s.floor, s.status) for s in answer.rule_states.values()])
        desk.close()
    assert answers[0] == answers[1] == answers[2] == answers[3]


def test_a_desk_opened_again_knows_its_events(tmp_path, draft, clock):
    desk = open_desk(tmp_path / "desk.duckdb", clock)
    account = accounts.make_account(desk, USER, draft("7741"))
    record(desk, account, (60, 100_000.0), (10, 96_000.0))
    events.record_event(desk, USER, account.id, payout(30, 4_000.0))
    before = risk.evaluate_account(desk, USER, account.id)
    desk.close()
    again = open_desk(tmp_path / "desk.duckdb", clock)
    assert risk.evaluate_account(again, USER, account.id) == before
    again.close()


def test_the_groups_answer_changes_with_the_event(desk, account):
    group = groups.make_group(desk, USER, GroupDraft(name="One", account_ids=(account.id,)))
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    assert risk.evaluate_group(desk, USER, group.id).overall_status is Status.VIOLATED
    events.record_event(desk, USER, account.id, payout(30))
    assert risk.evaluate_group(desk, USER, group.id).overall_status is Status.SAFE


def test_history_counts_from_the_event_on(desk, account):
    """98,500 after a payout of 1,500: all of the 1,000 is left, not less than nothing."""
    group = groups.make_group(desk, USER, GroupDraft(name="One", account_ids=(account.id,)))
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    events.record_event(desk, USER, account.id, payout(30))
    seen = history.group_history(desk, USER, group.id, ago(120), MONDAY)
    assert set(seen.minima["buffer"]) == {1_000.0}


def test_an_account_that_is_changed_keeps_its_events(desk, account, draft):
    record(desk, account, (60, 100_000.0), (10, 98_500.0))
    event = events.record_event(desk, USER, account.id, payout(30))
    changed = accounts.change_account(
        desk, USER, account.id, draft("7742", rules=account.rules, name="Renamed")
    )
    assert changed.events == (event,)
    assert daily(desk, account).buffer == 1_000


def test_of_events_and_changes_at_once_none_is_lost(desk, account, draft):
    """Ten deposits of 100 and ten new names, from eight threads."""
    record(desk, account, (60, 100_000.0))

    def act(number):
        if number % 2:
            name = draft(f"{number}", rules=account.rules)
            return accounts.change_account(desk, USER, account.id, name)
        deposit = EventDraft(kind=EventKind.DEPOSIT, happened_at=ago(30), amount=100.0)
        return events.record_event(desk, USER, account.id, deposit)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(20)))
    record(desk, account, (10, 101_000.0))
    assert len(events.list_events(desk, USER, account.id)) == 10
    assert daily(desk, account).buffer == 1_000


def test_who_waits_for_the_board_reads_what_was_stored_meanwhile(desk, account):
    """The first deposit is stored and waits for the board; the second is put before it."""
    record(desk, account, (60, 100_000.0))
    deposit = EventDraft(kind=EventKind.DEPOSIT, happened_at=ago(30), amount=100.0)
    with ThreadPoolExecutor(1) as pool:
        with desk.board.held():
            first = pool.submit(events.record_event, desk, USER, account.id, deposit)
            while not events.list_events(desk, USER, account.id):
                continue
            events.record_event(desk, USER, account.id, deposit)
        first.result()
    record(desk, account, (10, 100_200.0))
    assert daily(desk, account).buffer == 1_000


@pytest.mark.parametrize(("ahead", "is_taken"), [(300, True), (301, False)])
def test_an_event_more_than_five_minutes_ahead_is_refused(desk, account, ahead, is_taken):
    future = payout(-ahead / 60)
    if is_taken:
        assert events.record_event(desk, USER, account.id, future).amount == 1_500
    else:
        with pytest.raises(InvalidValue, match="happened_at must not be in the future"):
            events.record_event(desk, USER, account.id, future)
        assert events.list_events(desk, USER, account.id) == []


def test_events_are_listed_by_instant(desk, account):
    for minutes in (20, 60, 40):
        events.record_event(desk, USER, account.id, payout(minutes))
    listed = events.list_events(desk, USER, account.id)
    assert [event.happened_at for event in listed] == [ago(60), ago(40), ago(20)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount": None}, "payout amount must be given, was nothing"),
        ({"amount": 0.0}, "payout amount must be above zero, was 0.0"),
        ({"amount": -5.0}, "payout amount must be above zero, was -5.0"),
        ({"amount": 1.005}, "payout amount must have at most two decimals, was 1.005"),
        ({"amount": float("nan")}, "payout amount must be an amount, was nan"),
        ({"amount": 1e13}, "payout amount must be an amount, was 10000000000000.0"),
        ({"origin": "a\nb"}, "origin must be one line without hidden characters, was U\\+000A"),
        ({"origin": "a\u202eb"}, "origin must be one line without hidden characters"),
        ({"origin": "x" * 201}, "origin must have at most 200 characters, was 201"),
        ({"happened_at": MONDAY.replace(tzinfo=None)}, "happened_at must have a zone"),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_not_stored(desk, account, fields, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        events.record_event(desk, USER, account.id, replace(payout(30), **fields))
    assert events.list_events(desk, USER, account.id) == []


def test_where_a_figure_comes_from_is_trimmed_and_may_be_empty(desk, account):
    for origin in ("  The firm's page, 2 March \n", ""):
        events.record_event(desk, USER, account.id, payout(30, origin=origin))
    origins = {event.origin for event in events.list_events(desk, USER, account.id)}
    assert origins == {"The firm's page, 2 March", ""}


def test_an_account_nobody_has_and_somebody_elses_have_no_events(desk, account):
    event = events.record_event(desk, USER, account.id, payout(30))
    for user, account_id in ((USER, UUID(int=7)), ("somebody else", account.id)):
        with pytest.raises(Missing, match=f"no account {account_id}"):
            events.list_events(desk, user, account_id)
        with pytest.raises(Missing, match=f"no account {account_id}"):
            events.record_event(desk, user, account_id, payout(30))
        with pytest.raises(Missing, match=f"no account {account_id}"):
            events.delete_event(desk, user, account_id, event.id)
    with pytest.raises(Missing, match=f"no event {UUID(int=7)}"):
        events.delete_event(desk, USER, account.id, UUID(int=7))
    assert events.list_events(desk, USER, account.id) == [event]


def test_a_thousand_events_are_the_most(desk, account, monkeypatch):
    monkeypatch.setattr("riskcore.store.events.MOST_EVENTS", 2)
    for minutes in (30, 20):
        events.record_event(desk, USER, account.id, payout(minutes))
    with pytest.raises(Conflict, match="events: delete one first"):
        events.record_event(desk, USER, account.id, payout(10))
    assert MOST_EVENTS == 1_000


def test_a_deleted_account_takes_its_events_with_it(desk, account, draft):
    events.record_event(desk, USER, account.id, payout(30))
    accounts.delete_account(desk, USER, account.id)
    again = accounts.make_account(desk, USER, draft("7741"))
    assert events.list_events(desk, USER, again.id) == []
