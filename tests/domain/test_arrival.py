"""Whole history = one by one = any order of arrival, and all as the rulebook in plain Python.

Snapshots come late, twice, or wrong first and corrected later; events are recorded long
after they happened. However it came about, the board says what the stored history says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from random import Random
from uuid import UUID

import pandas as pd
import pytest

from riskcore.domain.model import Account, AccountRisk, Basis
from riskcore.live.board import Board
from tests.domain import plain
from tests.domain.making import Choice, made_account, made_history, made_snapshot
from tests.domain.rulebook import Seen, group

TIMES = int(os.environ.get("TIMES", "1"))
"""How many times as many histories; `make long` sets it."""

DESKS = 10 * TIMES
ACCOUNTS = 200
"""So many histories on each desk: two thousand in all."""

CHOICES = [Choice(cents_apart=1_000), Choice()]
"""Amounts are tens, which often meet a level exactly, or cents."""

COLUMNS = ["account_id", "taken_at", "balance", "equity", "open_contracts", "basis"]

Row = tuple[UUID, Seen]
"""A snapshot of an account."""


@dataclass
class Store:
    """What a database would hold: each account and instant once, as it was stored last."""

    rows: dict[tuple[UUID, datetime], Seen] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> pd.DataFrame:
        """Store `rows`; what the board is told of them."""
        self.rows |= {(account_id, seen[0]): seen for account_id, seen in rows}
        return told(rows)

    def history_of(self, accounts: Sequence[Account]) -> pd.DataFrame:
        wanted = {account.id for account in accounts}
        return told((one, seen) for (one, _), seen in self.rows.items() if one in wanted)

    def seen_of(self, account: Account) -> list[Seen]:
        """The account's snapshots by time."""
        return sorted(seen for (one, _), seen in self.rows.items() if one == account.id)


def told(rows: Iterable[Row]) -> pd.DataFrame:
    """Snapshots as the board takes them."""
    codes = {basis: code for code, basis in enumerate(Basis)}
    told = [(str(one), *seen[:4], codes[seen[4]]) for one, seen in rows]
    frame = pd.DataFrame(told, columns=COLUMNS)
    taken_at = pd.DatetimeIndex(pd.to_datetime(frame["taken_at"], utc=True)).as_unit("us")
    return frame.assign(taken_at=taken_at).astype({"balance": float, "equity": float})


def arrivals(random: Random, accounts: Sequence[Account], choice: Choice) -> list[list[Row]]:
    """Everything that is heard, in batches, each account's in any order.

    Some twice, some with other figures, before the right ones or after them.
    """
    rows = [(one.id, seen) for one in accounts for seen in made_history(random, choice, most=8)]
    again = random.sample(rows, len(rows) // 8)
    wrong = [
        (one, made_snapshot(random, choice, seen[0]))
        for one, seen in random.sample(rows, len(rows) // 5)
    ]
    if random.random() < 0.7:
        heard = [*rows, *again, *wrong]
        random.shuffle(heard)
    else:  # in order, but for what is heard again
        heard = [*sorted(rows, key=lambda row: row[1][0]), *again, *wrong]
    count = random.randint(3, 10)
    return [heard[place::count] for place in range(count)]


def fed(random: Random, accounts: Sequence[Account], store: Store, choice: Choice) -> Board:
    """A board that heard everything as it came, and of half the events only on the way."""
    board = Board(store.history_of)
    late = random.sample(accounts, len(accounts) // 2)
    board.start([replace(one, events=()) if one in late else one for one in accounts], [])
    for batch in arrivals(random, accounts, choice):
        again = [one for one in batch if random.random() < 0.2]
        changed = [(one, made_snapshot(random, choice, seen[0])) for one, seen in again]
        heard = [store.add(batch), store.add(changed)]
        for rows in random.sample(heard, 2):  # threads may tell in another order than they stored
            board.record(rows)
        known, late = late[:25], late[25:]
        board.put_accounts(known)
        if random.random() < 0.7:
            board.account_risk(accounts[0], now=batch[0][1][0])
    board.put_accounts(late)
    return board


def one_by_one(accounts: Sequence[Account], store: Store) -> Board:
    """A board that hears each account's snapshots one at a time, in their order."""
    board = Board(Store().history_of)
    board.start(accounts, [])
    histories = [[(one.id, seen) for seen in store.seen_of(one)] for one in accounts]
    for rows in zip_longest(*histories):
        board.record(told(row for row in rows if row is not None))
        board.account_risk(accounts[0], now=rows[0][1][0] if rows[0] else UNTIL)
    return board


UNTIL = datetime.fromisoformat("2026-03-11T12:00:00Z")


def answers(board: Board, accounts: Sequence[Account], as_of: datetime) -> list[AccountRisk]:
    """Each account's answer, as one group's."""
    found = board.evaluate(group(*accounts), now=as_of).members
    return sorted(found, key=lambda answer: str(answer.account_id))


def in_plain(account: Account, answer: AccountRisk, store: Store, as_of: datetime) -> bool:
    """Whether the answer is that of the rulebook in plain Python."""
    expected = plain.answers(account, store.seen_of(account), as_of)
    return all(
        plain.told(answer.rule_states[kind]) == numbers for kind, numbers in expected.items()
    )


@pytest.mark.parametrize("desk", range(DESKS))
def test_however_it_came_about_the_board_says_what_the_history_says(desk):
    random, store, choice = Random(desk), Store(), CHOICES[desk % 2]
    accounts = [made_account(random, number, choice) for number in range(1, ACCOUNTS + 1)]
    boards = [fed(random, accounts, store, choice), one_by_one(accounts, store)]
    whole = Board(store.history_of)
    whole.start(accounts, [])
    for as_of in (UNTIL - timedelta(hours=60), UNTIL + timedelta(days=2)):
        expected = answers(whole, accounts, as_of)
        for board in boards:
            assert answers(board, accounts, as_of) == expected
        differ = [
            one.number
            for one, answer in zip(accounts, expected, strict=True)
            if not in_plain(one, answer, store, as_of)
        ]
        assert differ == []


def test_two_thousand_histories_are_tried():
    assert DESKS * ACCOUNTS >= 2_000
