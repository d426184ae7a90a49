"""Board: where every account stands, in memory, after each committed snapshot."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.days import IntArray, microsecond, microseconds
from riskcore.domain.model import (
    Account,
    AccountGroup,
    AccountRisk,
    GroupRiskEvaluation,
    Snapshot,
)
from riskcore.domain.standing import (
    Standing,
    advance,
    joined,
    part,
    restated,
    unobserved,
)
from riskcore.domain.status import Thresholds
from riskcore.live.answers import Answer, Answers
from riskcore.live.arrivals import coded, in_order, placed_rows, placed_snapshots

HistoryOf = Callable[[Sequence[Account]], pd.DataFrame]
"""All stored snapshots of these accounts, as `Board.record` takes them."""


class Board:
    """The current standing of every account, and the groups they are in.

    Later snapshots move an account on; late or corrected ones and changed accounts are
    derived anew from the stored history, so board and history never disagree.
    """

    def __init__(self, history_of: HistoryOf) -> None:
        self._history_of = history_of
        self._lock = threading.RLock()
        self._lock_pending = threading.Lock()
        self._pending: list[pd.DataFrame] = []
        self._pending_snapshots: list[Snapshot] = []
        self._groups: dict[UUID, AccountGroup] = {}
        self._standing: Standing = unobserved([])
        self._answers = Answers(self._standing)

    def start(
        self,
        accounts: Sequence[Account],
        groups: Sequence[AccountGroup],
        links: Sequence[CopyLink] = (),
    ) -> None:
        """Take the desk as it is stored."""
        with self._lock:
            self._groups = {group.id: group for group in groups}
            self._stand(self._derived(accounts))
            of_group: defaultdict[UUID, list[CopyLink]] = defaultdict(list)
            for link in links:
                of_group[link.group_id].append(link)
            for group_id, own in of_group.items():
                self.put_links(group_id, own)

    def _stand(self, standing: Standing) -> None:
        """The accounts are those of `standing`."""
        self._standing = standing
        self._answers.move(standing)

    def _derived(self, accounts: Sequence[Account]) -> Standing:
        standing = unobserved(accounts)
        return advance(standing, coded(self._history_of(standing.accounts), standing.accounts))

    def put_accounts(self, accounts: Sequence[Account]) -> None:
        """Accounts are new, changed or have other history: derive them anew."""
        with self._lock:
            ids = {account.id for account in accounts}
            self._stand(joined(self._without(ids), self._derived(accounts)))
            self._answers.forget(ids)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The board to itself: whoever reads an account in it and puts it has the newest."""
        with self._lock:
            yield

    def drop_account(self, account_id: UUID) -> None:
        """An account is no more."""
        with self._lock:
            self._stand(self._without({account_id}))

    def _without(self, account_ids: set[UUID]) -> Standing:
        kept = [a for a in self._standing.accounts if a.id not in account_ids]
        return part(self._standing, kept)

    def put_group(self, group: AccountGroup) -> None:
        """A group is new or changed."""
        with self._lock:
            self._groups[group.id] = group

    def put_links(self, group_id: UUID, links: Sequence[CopyLink]) -> None:
        """Who copies whom in a group is new or changed."""
        with self._lock:
            self._answers.put_links(group_id, links)

    def drop_group(self, group_id: UUID) -> None:
        """A group is no more."""
        with self._lock:
            self._groups.pop(group_id, None)
            self._answers.drop_group(group_id)

    def record(self, rows: pd.DataFrame) -> None:
        """Committed snapshots: account_id (text), taken_at, balance, equity; in any order.

        They may have `open_contracts` (NaN: not said) and `basis` (a code of Basis). They
        are taken in together, before the next answer is given.
        """
        with self._lock_pending:
            self._pending.append(rows)

    def record_snapshots(self, snapshots: Sequence[Snapshot]) -> None:
        """Committed snapshots, in any order; as `record`, cheaper for a few."""
        with self._lock_pending:
            self._pending_snapshots += snapshots

    def _settle(self) -> None:
        """Take in everything recorded; the lock is held."""
        with self._lock_pending:
            frames, self._pending = self._pending, []
            snapshots, self._pending_snapshots = self._pending_snapshots, []
        placed = [placed_rows(rows, self._standing.accounts) for rows in frames]
        if snapshots:
            placed.append(placed_snapshots(snapshots, self._answers.place))
        if placed:
            self._take_in(*in_order(pd.concat(placed) if len(placed) > 1 else placed[0]))

    def _take_in(self, snapshots: pd.DataFrame, repeated: IntArray) -> None:
        """`repeated`: accounts with two values of one instant; which is last the store knows."""
        account = snapshots["account"].to_numpy()
        seen = self._standing.taken_at_us[account]
        late = np.union1d(account[microseconds(snapshots["taken_at"]) <= seen], repeated)
        in_time = ~np.isin(account, late)
        self._standing = advance(self._standing, snapshots[in_time].reset_index(drop=True))
        if len(late):
            derived = self._derived([self._standing.accounts[row] for row in late])
            self._standing = restated(self._standing, late, derived)
        self._answers.forget(self._standing.accounts[row].id for row in np.unique(account))

    def groups(self) -> tuple[AccountGroup, ...]:
        """Every owner's groups."""
        with self._lock:
            return tuple(self._groups.values())

    def answers(
        self, groups: Sequence[AccountGroup], now: datetime, *, in_words: bool = True
    ) -> list[Answer]:
        """The answers of `groups` now, in their order; what is due is evaluated together.

        Without `in_words` some may be worded as they were a while ago.
        """
        with self._lock:
            self._settle()
            return self._answers.of(groups, self._standing, now, in_words=in_words)

    @property
    def last_version(self) -> int:
        """The highest version that an answer has had."""
        return self._answers.last_version

    def due(self, groups: Sequence[AccountGroup], now: datetime) -> list[AccountGroup]:
        """Those of `groups` of which another status or number may be the answer by now."""
        now_us = microsecond(now)
        with self._lock:
            self._settle()
            return [g for g in groups if not self._answers.holds(g, now_us, in_words=False)]

    def evaluate(
        self, group: AccountGroup, *, now: datetime, as_of_last: bool = False
    ) -> GroupRiskEvaluation:
        """`group`'s answer now, or as of the last snapshot of any member."""
        if not as_of_last:
            return self.answers([group], now)[0].at(now)
        with self._lock:
            self._settle()
            return replace(self._answers.of_last(group, self._standing, now), timestamp=now)

    def account_risk(self, account: Account, *, now: datetime) -> AccountRisk:
        """One account's own answer now."""
        with self._lock:
            self._settle()
            return self._answers.account(account.id, Thresholds(), self._standing, now)

    def watch(
        self,
        user_id: str,
        now: datetime,
        *,
        group_id: UUID | None = None,
        as_of_last: bool = False,
    ) -> list[tuple[AccountGroup, dict[UUID, Account], GroupRiskEvaluation]]:
        """The owner's groups, or one, with their accounts and answers, from memory alone."""
        with self._lock:
            groups = [
                group
                for group in self._groups.values()
                if group.user_id == user_id and group_id in (None, group.id)
            ]
            if as_of_last:
                found = [self.evaluate(group, now=now, as_of_last=True) for group in groups]
            else:
                found = [answer.at(now) for answer in self.answers(groups, now)]
            return [(g, self._members(g), e) for g, e in zip(groups, found, strict=True)]

    def standing_of(self, account_ids: Sequence[UUID]) -> Standing:
        """Where these accounts stand, everything recorded taken in."""
        with self._lock:
            self._settle()
            wanted = set(account_ids)
            return part(self._standing, [a for a in self._standing.accounts if a.id in wanted])

    def _members(self, group: AccountGroup) -> dict[UUID, Account]:
        place, accounts = self._answers.place, self._standing.accounts
        return {i: accounts[place[i]] for i in group.account_ids if i in place}
