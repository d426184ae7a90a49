"""A history replayed in plain Python: what every rule says, and since when it is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from riskcore.domain.model import Account, RuleState
from riskcore.domain.rules.base import Action, Breach, Rule
from tests.domain.plain.clock import next_begin, week_of
from tests.domain.plain.happenings import happen
from tests.domain.plain.levels import level
from tests.domain.plain.walk import Walk
from tests.domain.plain.whole import Cents, cents, less
from tests.domain.rulebook import Seen


@dataclass(slots=True)
class Answer:
    """One rule at one instant.

    `is_met` is of a gate: whether it is reached; `violated_at` the first break that counts.
    """

    floor: Cents
    measured: Cents
    buffer: Cents
    limit: Cents
    details: dict[str, Cents]
    is_met: bool | None = None
    violated_at: datetime | None = None
    after_reset: Cents = None


class Replay:
    """An account's history gone through, snapshot by snapshot, with its events between them."""

    def __init__(self, account: Account) -> None:
        self.walk = Walk(account)
        self.waiting = sorted(account.events, key=lambda one: (one.happened_at, str(one.id)))
        self.first_breaks: dict[tuple[str, object], datetime] = {}

    def see(self, seen: Seen) -> dict[str, Answer]:
        """Each rule right after a snapshot; what happened until then acts before it."""
        at, balance, equity, *more = seen
        self._happen_until(at)
        contracts = cents(more[0]) if more else None
        self.walk.see(at, round(balance * 100), round(equity * 100), contracts)
        found = self._answers()
        for rule in self.walk.account.rules:
            if not rule.is_gate and is_broken(rule, found[rule.kind].buffer):
                self.first_breaks.setdefault((rule.kind, _span(rule, self.walk)), at)
        return self._dated(found)

    def hold(self, as_of: datetime) -> dict[str, Answer]:
        """Each rule at `as_of`, positions held as they are, and what is left over the reset."""
        self._happen_until(as_of)
        self._hold_until(max(as_of, self.walk.at))
        now = self._dated(self._answers())
        self._hold_until(next_begin(self.walk.at, *self.walk.clock))
        after = self._answers()
        return {kind: replace(now[kind], after_reset=after[kind].buffer) for kind in now}

    def _happen_until(self, at: datetime) -> None:
        while self.waiting and self.waiting[0].happened_at <= at:
            happen(self.walk, self.waiting.pop(0))

    def _hold_until(self, at: datetime) -> None:
        """As if what stands were seen then."""
        self.walk.see(at, self.walk.balance, self.walk.equity, self.walk.contracts)

    def _answers(self) -> dict[str, Answer]:
        return {rule.kind: _answer(rule, self.walk) for rule in self.walk.account.rules}

    def _dated(self, found: dict[str, Answer]) -> dict[str, Answer]:
        for kind, answer in found.items():
            span = _span(self.walk.rules[kind], self.walk)
            answer.violated_at = self.first_breaks.get((kind, span))
        return found


def answers(account: Account, history: Sequence[Seen], as_of: datetime) -> dict[str, Answer]:
    """Each rule at `as_of`, or at the last snapshot, if that is later.

    Nothing is known without a snapshot.
    """
    replay = Replay(account)
    for seen in history:
        replay.see(seen)
    return replay.hold(as_of) if history else {}


def told(state: RuleState) -> Answer:
    """What a rule state says, in the words of an Answer."""
    return Answer(
        floor=cents(state.floor),
        measured=cents(state.measured),
        buffer=cents(state.buffer),
        limit=cents(state.limit_amount),
        is_met=state.is_met,
        details={
            name: cents(number) for name, number in state.details.items() if name != "share_percent"
        },
        violated_at=state.violated_at,
        after_reset=cents(state.buffer_after_reset),
    )


def is_broken(rule: Rule, buffer: Cents) -> bool:
    """Under the floor, or over the ceiling; where touching breaks, at it."""
    touch = getattr(rule, "breach", Breach.BELOW) is Breach.TOUCH
    return buffer is not None and (buffer < 0 or (touch and buffer == 0))


def _answer(rule: Rule, walk: Walk) -> Answer:
    found = level(rule, walk)
    buffer = less(found.measured, found.level)
    if rule.is_ceiling and buffer is not None:
        buffer = -buffer
    return Answer(
        floor=found.level,
        measured=found.measured,
        buffer=buffer,
        limit=found.limit,
        details={name: number for name, number in found.details.items() if number is not None},
        is_met=None if buffer is None or not rule.is_gate else not is_broken(rule, buffer),
    )


def _span(rule: Rule, walk: Walk) -> object:
    """For how long a break counts: the cycle; of a pause the day in it, or the week."""
    if rule.action is not Action.PAUSE:
        return walk.cycle
    named = walk.day.named
    return walk.cycle, week_of(named) if rule.kind == "weekly_loss" else named
