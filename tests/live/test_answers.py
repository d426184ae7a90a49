"""What the board keeps worked out is what it would work out anew, at every moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from riskcore.domain.days import instant, microsecond
from riskcore.domain.evaluate import evaluate_group
from riskcore.domain.model import Basis
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.domain.standing import advance, unobserved
from riskcore.domain.status import Status, Thresholds
from riskcore.live.arrivals import coded
from riskcore.live.board import Board
from riskcore.live.ticker import Ticker
from tests.domain.making import Choice, made_account, made_event, made_history, made_snapshot
from tests.domain.rulebook import account, group
from tests.domain.test_arrival import TIMES, Store

STEPS = 40
LIVES = 8 * TIMES


def evaluated(grouped, accounts, store, now):
    """The group's answer, worked out from the store alone."""
    members = [account for account in accounts if account.id in grouped.account_ids]
    standing = unobserved(members)
    rows = coded(store.history_of(members), standing.accounts)
    return evaluate_group(grouped, advance(standing, rows), as_of=now, timestamp=now)


def groups_of(random, accounts):
    """Groups that share members; one judges them by thresholds of its own."""
    chosen = [random.sample(accounts, random.randint(1, len(accounts))) for _ in range(4)]
    groups = [
        replace(group(*members), id=accounts[number].id, currency="USD")
        for number, members in enumerate(chosen)
    ]
    return [*groups[:3], replace(groups[3], thresholds=Thresholds(0.7, 0.3))]


class Life:
    """Accounts of which snapshots, events and changes arrive while the clock goes on."""

    def __init__(self, seed):
        self.random, self.choice, self.store = Random(seed), Choice(), Store()
        self.accounts = [made_account(self.random, number, self.choice) for number in range(6)]
        self.groups = groups_of(self.random, self.accounts)
        self.board = Board(self.store.history_of)
        self.board.start(self.accounts, self.groups)
        self.heard = sorted(
            (
                (one.id, seen)
                for one in self.accounts
                for seen in made_history(self.random, self.choice)
            ),
            key=lambda row: row[1][0] + timedelta(hours=self.random.choice([0, 0, 0, 5])),
        )
        self.now = min(seen[0] for _, seen in self.heard)

    def happen(self):
        """The next thing: a snapshot or two, a correction, an event, another name, or nothing."""
        what = self.random.random()
        if what < 0.5 and self.heard:
            rows = [self.heard.pop(0) for _ in range(min(2, len(self.heard)))]
            self.board.record(self.store.add(rows))
            self.now = max(self.now, *(seen[0] for _, seen in rows))
        elif what < 0.6 and self.store.rows:
            account_id, taken_at = self.random.choice(list(self.store.rows))
            seen = made_snapshot(self.random, self.choice, taken_at)
            self.board.record(self.store.add([(account_id, seen)]))
        elif what < 0.7:
            number = self.random.randrange(len(self.accounts))
            event = made_event(self.random, number, self.choice)
            self.change(number, events=(event,))
        elif what < 0.8:
            number = self.random.randrange(len(self.accounts))
            self.change(number, name=f"Renamed {number}", stale_after=timedelta(hours=2))
        else:
            self.now += timedelta(seconds=self.random.choice([0, 1, 40, 3_600, 40_000, 200_000]))

    def change(self, number, **changes):
        self.accounts[number] = replace(self.accounts[number], **changes)
        self.board.put_accounts([self.accounts[number]])


@pytest.mark.parametrize("seed", range(LIVES))
def test_whatever_happens_the_kept_answers_are_those_worked_out_anew(seed):
    """Words and all; some groups are asked for at each step, the others later."""
    life = Life(seed)
    for _ in range(STEPS):
        life.happen()
        asked = life.random.sample(life.groups, 2)
        for grouped, answer in zip(asked, life.board.answers(asked, life.now), strict=True):
            expected = evaluated(grouped, life.accounts, life.store, life.now)
            assert answer.at(life.now) == expected


@pytest.mark.parametrize("seed", range(LIVES))
def test_an_answer_holds_until_it_is_over(seed):
    """Just before it is over, its words or its numbers are still true; an end that comes
    too soon costs only work."""
    life = Life(seed)
    for _ in range(STEPS):
        life.happen()
        (answer,) = life.board.answers(life.groups[:1], life.now)
        for until_us, is_true in (
            (answer.words_until_us, lambda told, found: told == found),
            (answer.until_us, lambda told, found: told.same_answer(found)),
        ):
            last = instant(min(until_us - 1, microsecond(life.now + timedelta(days=40))))
            halfway = life.now + (last - life.now) / 2
            for at in (max(life.now, halfway), max(life.now, last)):
                found = evaluated(life.groups[0], life.accounts, life.store, at)
                assert is_true(answer.at(at), found)


class Listener:
    """Somebody who listens to one group, and notes what is published of it."""

    def __init__(self, group_id):
        self.group_id, self.heard = group_id, []

    def is_wanted(self, user_id, group_id):
        return group_id == self.group_id

    def publish(self, user_id, answer):
        self.heard.append(answer.evaluation)


def test_somebody_who_only_listens_hears_what_another_has_asked_for():
    """REST works out the new answer before the ticker does: the listener is told all the same."""
    life = Life(1)
    grouped = life.groups[0]
    listener = Listener(grouped.id)
    ticker = Ticker(life.board, listener, lambda: life.now)
    ticker.tick()
    seen = made_snapshot(life.random, life.choice, life.now)
    life.board.record(life.store.add([(grouped.account_ids[0], seen)]))
    asked = life.board.evaluate(grouped, now=life.now)
    ticker.tick()
    ticker.tick()
    assert listener.heard[1:] == [asked]


@pytest.fixture
def aging():
    """An account with 1,500 of 2,000 left at 15:00, whose data may be five minutes old."""
    taken_at = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
    rule = MaxLoss(limit_amount=2_000)
    watched = account(rule, starting_balance=50_000.0, stale_after=timedelta(minutes=5))
    store = Store()
    store.add([(watched.id, (taken_at, 49_500.0, 49_500.0, None, Basis.EQUITY))])
    board = Board(store.history_of)
    board.start([watched], [group(watched)])
    return board, group(watched).id, taken_at


def test_data_that_grows_too_old_is_told_at_that_very_instant(aging):
    """A microsecond before five minutes it is safe; then nobody knows any more."""
    board, group_id, taken_at = aging
    listener, clock = Listener(group_id), [taken_at]
    ticker = Ticker(board, listener, lambda: clock[0])
    for seconds in (0, 299.999999, 300, 301):
        clock[0] = taken_at + timedelta(seconds=seconds)
        ticker.tick()
    assert [(one.overall_status, one.as_of) for one in listener.heard] == [
        (Status.SAFE, taken_at),
        (Status.UNKNOWN, taken_at + timedelta(minutes=5)),
    ]


@pytest.mark.parametrize(("seconds", "sleeps"), [(299.5, 0.5), (300, 1.0), (10, 1.0)])
def test_the_ticker_sleeps_until_time_alone_changes_an_answer(aging, seconds, sleeps):
    """Half a second before its data is too old, half a second; at other times one."""
    board, group_id, taken_at = aging
    ticker = Ticker(board, Listener(group_id), lambda: taken_at + timedelta(seconds=seconds))
    assert ticker.tick() == 0.0  # something was due: the next tick finds out
    assert ticker.tick() == sleeps


def test_while_nobody_listens_what_is_recorded_is_taken_in_once_a_second(aging, monkeypatch):
    """Ten times a second something is recorded, for two seconds: it is taken in twice."""
    board, _, taken_at = aging
    taken_in = []
    monkeypatch.setattr(board, "_settle", lambda: taken_in.append(clock[0]))
    clock = [taken_at]
    ticker = Ticker(board, Listener(None), lambda: clock[0])
    for tenth in range(20):
        clock[0] = taken_at + timedelta(seconds=tenth / 10)
        ticker.tick()
    assert taken_in == [taken_at, taken_at + timedelta(seconds=1)]
