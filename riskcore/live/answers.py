"""Answers: what has been worked out from where the accounts stand, and until when it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.on_board import leader_rooms, links_change_at_us
from riskcore.domain.days import NEVER, IntArray, instant, microsecond
from riskcore.domain.evaluate import WideRisks, evaluate_group, evaluate_groups
from riskcore.domain.expiry import expiry
from riskcore.domain.model import AccountGroup, AccountRisk, GroupRiskEvaluation
from riskcore.domain.observe import Observed, observe
from riskcore.domain.risks import account_risks
from riskcore.domain.rules import KINDS
from riskcore.domain.standing import Standing, places, taken
from riskcore.domain.status import Thresholds

RULES = tuple(KINDS)
COLUMNS = {"buffer": np.nan, "percent": np.nan, "applies": False}
"""The columns of the wide frame, and what stands in them while nothing is known."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Answer:
    """A group's evaluation, which holds from its `as_of` on.

    Word for word until `words_until_us`, its statuses and numbers until `until_us`
    (microseconds, UTC). `version` is a new one whenever a status or a number is; over all
    groups it rises.
    """

    evaluation: GroupRiskEvaluation
    until_us: int
    words_until_us: int
    version: int

    def at(self, now: datetime) -> GroupRiskEvaluation:
        """The evaluation as if made `now`, while it holds."""
        return replace(self.evaluation, as_of=now, timestamp=now)


class Answers:
    """The accounts as a wide frame, one row each and one column per rule, and the groups.

    A row is worked out when a group asks for it and kept until something is recorded or
    its time is over. For one thread at a time.
    """

    def __init__(self, standing: Standing) -> None:
        self._groups: dict[UUID, Answer] = {}
        self._asked: dict[UUID, AccountGroup] = {}
        self._last: dict[UUID, tuple[AccountGroup, GroupRiskEvaluation]] = {}
        self._links: dict[UUID, tuple[CopyLink, ...]] = {}
        self._groups_of: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._risks: dict[Thresholds, dict[int, AccountRisk]] = {}
        self.last_version = 0
        self._wide = _unknown(standing)
        self._held = _Held.never(len(standing.accounts))

    @property
    def place(self) -> Mapping[UUID, int]:
        """The row of each account."""
        return self._wide.place

    def move(self, standing: Standing) -> None:
        """The accounts are those of `standing`; what is known of them stays known."""
        before, self._wide = self._wide, _unknown(standing)
        held, self._held = self._held, _Held.never(len(standing.accounts))
        kept = [(row, before.place[i]) for i, row in self.place.items() if i in before.place]
        new, old = np.array(kept, dtype=np.int64).reshape(-1, 2).T
        self._held.put(new, held, old)
        for name in COLUMNS:
            getattr(self._wide, name)[new] = getattr(before, name)[old]
        self._risks = {
            thresholds: {row: risks[was] for row, was in kept if was in risks}
            for thresholds, risks in self._risks.items()
        }
        for gone in before.place.keys() - self.place.keys():
            self._forget_groups_of(gone)

    def forget(self, account_ids: Iterable[UUID]) -> None:
        """Something new is known of these accounts."""
        for account_id in account_ids:
            self._held.words_until_us[self.place[account_id]] = -NEVER
            self._held.until_us[self.place[account_id]] = -NEVER
            self._forget_groups_of(account_id)

    def _forget_groups_of(self, account_id: UUID) -> None:
        for group_id in self._groups_of[account_id]:
            self._asked.pop(group_id, None)
            self._last.pop(group_id, None)

    def put_links(self, group_id: UUID, links: Sequence[CopyLink]) -> None:
        """Who copies whom in a group is new or changed."""
        self._links[group_id] = tuple(links)
        self._asked.pop(group_id, None)
        self._last.pop(group_id, None)

    def drop_group(self, group_id: UUID) -> None:
        """A group is no more."""
        for known in (self._asked, self._groups, self._last, self._links):
            known.pop(group_id, None)

    def holds(self, group: AccountGroup, now_us: int, *, in_words: bool = True) -> bool:
        """Whether the group's answer is known and still holds, word for word unless said."""
        if self._asked.get(group.id) != group:
            return False
        answer = self._groups[group.id]
        until_us = answer.words_until_us if in_words else answer.until_us
        return microsecond(answer.evaluation.as_of) <= now_us < until_us

    def of(
        self,
        groups: Sequence[AccountGroup],
        standing: Standing,
        now: datetime,
        *,
        in_words: bool = True,
    ) -> list[Answer]:
        """The groups' answers at `now`; those that do not hold are worked out, together."""
        now_us = microsecond(now)
        due = [group for group in groups if not self.holds(group, now_us, in_words=in_words)]
        if due:
            self._renew(self._rows_of(due), {group.thresholds for group in due}, standing, now)
            found = evaluate_groups(due, self._wide, self._risk_of, as_of=now, timestamp=now)
            for group, evaluation in zip(due, found, strict=True):
                self._keep(group, evaluation)
        return [self._groups[group.id] for group in groups]

    def _risk_of(self, row: int, thresholds: Thresholds) -> AccountRisk:
        return self._risks[thresholds][row]

    def _keep(self, group: AccountGroup, evaluation: GroupRiskEvaluation) -> None:
        rows = [self.place[member.account_id] for member in evaluation.members]
        evaluation = self._with_rooms(group, evaluation)
        links_us = links_change_at_us(self._links.get(group.id, ()), evaluation.as_of)
        until_us = min(links_us, int(self._held.until_us[rows].min(initial=NEVER)))
        words_until_us = min(links_us, int(self._held.words_until_us[rows].min(initial=NEVER)))
        version = self._version(self._groups.get(group.id), evaluation)
        self._groups[group.id] = Answer(evaluation, until_us, words_until_us, version)
        self._asked[group.id] = group
        self._note(group)

    def _version(self, before: Answer | None, evaluation: GroupRiskEvaluation) -> int:
        """That of the answer before, if this one says the same; else a new one."""
        if before is not None and evaluation.same_answer(before.evaluation):
            return before.version
        self.last_version += 1
        return self.last_version

    def _with_rooms(
        self, group: AccountGroup, evaluation: GroupRiskEvaluation
    ) -> GroupRiskEvaluation:
        """The answer with the rooms of the group's leaders; as it is where nobody copies."""
        links = self._links.get(group.id, ())
        if not links:
            return evaluation
        ids = (member.account_id for member in evaluation.members)
        accounts = {i: self._wide.accounts[self.place[i]] for i in ids}
        rooms = leader_rooms(links, evaluation.members, accounts, evaluation.as_of)
        return replace(evaluation, leader_rooms=rooms)

    def of_last(
        self, group: AccountGroup, standing: Standing, now: datetime
    ) -> GroupRiskEvaluation:
        """The group's answer as of the last snapshot of any member; without one as of `now`."""
        asked, evaluation = self._last.get(group.id, (None, None))
        if asked != group or evaluation is None:
            rows = self._rows_of([group])
            members = taken(standing, np.array(sorted(rows), dtype=np.int64))
            as_of = last_taken_at(members)
            evaluation = evaluate_group(group, members, as_of=as_of or now, timestamp=now)
            evaluation = self._with_rooms(group, evaluation)
            self._note(group)
            if as_of is not None:
                self._last[group.id] = (group, evaluation)
        return evaluation

    def _note(self, group: AccountGroup) -> None:
        for account_id in group.account_ids:
            self._groups_of[account_id].add(group.id)

    def account(
        self, account_id: UUID, thresholds: Thresholds, standing: Standing, now: datetime
    ) -> AccountRisk:
        """One account's own answer at `now`."""
        row = self.place[account_id]
        self._renew({row}, {thresholds}, standing, now)
        return self._risk_of(row, thresholds)

    def _rows_of(self, groups: Sequence[AccountGroup]) -> set[int]:
        place = self.place
        return {place[i] for group in groups for i in group.account_ids if i in place}

    def _renew(
        self, rows: set[int], thresholds: set[Thresholds], standing: Standing, now: datetime
    ) -> None:
        """Work out those of `rows` that do not hold at `now`, for all of `thresholds`."""
        known = [self._risks.setdefault(one, {}) for one in thresholds]
        now_us = microsecond(now)
        due = np.array(
            sorted(
                row
                for row in rows
                if not self._held.holds(row, now_us) or any(row not in risks for risks in known)
            ),
            dtype=np.int64,
        )
        if not len(due):
            return
        observed = observe(taken(standing, due), now)
        self._put(due, observed, now_us)
        for risks in self._risks.values():
            for row in due.tolist():
                risks.pop(row, None)
        for one in thresholds:
            self._risks[one] |= zip(due.tolist(), account_risks(observed, one), strict=True)

    def _put(self, rows: IntArray, observed: Observed, now_us: int) -> None:
        columns = np.array([RULES.index(rule) for rule in observed.rules], dtype=np.int64)
        for name, unknown in COLUMNS.items():
            wide = getattr(self._wide, name)
            wide[rows] = unknown
            wide[np.ix_(rows, columns)] = getattr(observed, name)
        over = expiry(observed)
        self._held.since_us[rows] = now_us
        self._held.until_us[rows] = over.answer_us
        self._held.words_until_us[rows] = over.words_us


def _unknown(standing: Standing) -> WideRisks:
    """A wide frame of the accounts in which nothing is known yet."""
    shape = (len(standing.accounts), len(RULES))
    return WideRisks(
        accounts=standing.accounts,
        place=places(standing),
        rules=RULES,
        **{name: np.full(shape, unknown) for name, unknown in COLUMNS.items()},
    )


@dataclass(frozen=True, slots=True)
class _Held:
    """From and until when rows of the wide frame hold; microseconds, UTC."""

    since_us: IntArray
    until_us: IntArray
    words_until_us: IntArray

    @classmethod
    def never(cls, count: int) -> _Held:
        """Of rows that nobody has worked out."""
        return cls(*(np.full(count, end, dtype=np.int64) for end in (NEVER, -NEVER, -NEVER)))

    def holds(self, row: int, now_us: int) -> bool:
        """Whether a row is known and holds word for word."""
        return bool(self.since_us[row] <= now_us < self.words_until_us[row])

    def put(self, rows: IntArray, other: _Held, others: IntArray) -> None:
        """Take over what `other` says of its rows `others`."""
        for name in ("since_us", "until_us", "words_until_us"):
            getattr(self, name)[rows] = getattr(other, name)[others]


def last_taken_at(standing: Standing) -> datetime | None:
    """When the newest snapshot of any account was taken; None without one."""
    seen = standing.taken_at_us[standing.has_snapshot]
    return instant(int(seen.max())) if len(seen) else None
