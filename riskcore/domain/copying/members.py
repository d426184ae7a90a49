"""Copy members: what each account of a desk can still lose or win, as a copied loss meets it.

Whole cents, so that what is compared is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np

from riskcore.domain.model import Basis
from riskcore.domain.money import FloatArray
from riskcore.domain.observe import Observed, account_status, counts_in_money, statuses
from riskcore.domain.rulebook import NONE
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Rule, Unit
from riskcore.domain.runs import BoolArray
from riskcore.domain.status import Status, Thresholds

CENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one rule leaves an account: `left` may be lost (or won) in cents, a cent more not.

    `buffer` is the rule's own number, account money; where touching the floor breaks, `left`
    is a cent less than it. Negative: broken already.
    """

    rule: str
    left: int
    buffer: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMember:
    """What a copied loss or profit meets in one account.

    `hard` is the limit that costs the account first, `pause` the one that pauses it first,
    `cap` the profit cap or consistency goal that binds first; None: there is none, or it is
    unknown. `contracts` may still be opened before a hard position limit is broken; None:
    no limit, or unknown. `is_unknown`: what may be lost is not known at all;
    `is_upper_bound`: it may be less than it looks. `balance` and `equity` in cents.
    """

    account_id: UUID
    name: str
    currency: str
    status: Status = Status.SAFE
    is_stale: bool = False
    hard: Limit | None = None
    pause: Limit | None = None
    cap: Limit | None = None
    contracts: Fraction | None = None
    is_unknown: bool = False
    is_upper_bound: bool = False
    balance: int | None = None
    equity: int | None = None
    open_contracts: Fraction | None = None

    @property
    def is_uncertain(self) -> bool:
        """Whether what it leaves is at most what it seems."""
        return self.is_unknown or self.is_upper_bound

    @property
    def is_broken(self) -> bool:
        """Whether it is lost already, or would be with the next report."""
        return self.hard is not None and self.hard.left < 0


def copy_members(
    observed: Observed, thresholds: Thresholds, *, is_after_reset: bool = False
) -> dict[UUID, CopyMember]:
    """Every account of `observed` as a copy member, by id; over its next reset if asked."""
    by_rule = statuses(observed, thresholds)
    of_account = account_status(by_rule, observed)
    lefts = Lefts.of(observed, observed.after if is_after_reset else observed.buffer)
    coarse = observed.is_stale | (observed.basis != list(Basis).index(Basis.EQUITY))
    opened = observed.standing.carried["open_contracts"].to_numpy(dtype=np.float64)
    columns: dict[str, list[Any]] = {
        "status": [STATUSES[code] for code in of_account.tolist()],
        "is_stale": observed.is_stale.tolist(),
        "hard": lefts.hard.limits(),
        "pause": lefts.pause.limits(),
        "cap": lefts.cap.limits(),
        "contracts": _contracts_column(_contracts(observed)),
        "is_unknown": (lefts.hard.is_missing | ~lefts.is_judged).tolist(),
        "is_upper_bound": (coarse | lefts.hard.is_partly_unknown).tolist(),
        "balance": _cents_column(observed.balance),
        "equity": _cents_column(observed.equity),
        "open_contracts": _contracts_column(opened),
    }
    rows = zip(*columns.values(), strict=True)
    return {
        account.id: CopyMember(
            account_id=account.id,
            name=account.name,
            currency=account.currency,
            **dict(zip(columns, row, strict=True)),
        )
        for account, row in zip(observed.standing.accounts, rows, strict=True)
    }


STATUSES = tuple(Status)


def _cents_column(amounts: FloatArray) -> list[int | None]:
    """Money in whole cents; NaN is None."""
    return [None if amount != amount else round(amount) for amount in (amounts * CENTS).tolist()]


def _contracts_column(contracts: FloatArray) -> list[Fraction | None]:
    """Contracts to four decimals; NaN is None."""
    parts = (contracts * 10_000).tolist()
    return [None if part != part else Fraction(round(part), 10_000) for part in parts]


@dataclass(frozen=True, slots=True)
class Least:
    """The least that the rules of one sort leave, by account.

    `left` (cents, infinite where unknown or no such rule) and `buffer` account × rule;
    `applies` says which rules are of the sort.
    """

    rules: Sequence[str]
    left: FloatArray
    buffer: FloatArray
    applies: BoolArray

    @classmethod
    def of(
        cls, rules: Sequence[str], left: FloatArray, buffer: FloatArray, applies: BoolArray
    ) -> Least:
        """The least of `left` among the rules that apply."""
        return cls(rules, np.where(applies & ~np.isnan(left), left, np.inf), buffer, applies)

    def limits(self) -> list[Limit | None]:
        """By account the limit that binds first; None where none is known."""
        if not self.rules:
            return [None] * len(self.left)
        place = self.left.argmin(axis=1)
        rows = np.arange(len(place))
        left, buffer = self.left[rows, place].tolist(), self.buffer[rows, place].tolist()
        return [
            None if one == np.inf else Limit(rule=self.rules[where], left=int(one), buffer=money)
            for one, money, where in zip(left, buffer, place.tolist(), strict=True)
        ]

    @property
    def is_missing(self) -> BoolArray:
        """Which accounts have such a rule, and nothing is known of any."""
        missing: BoolArray = np.any(self.applies, axis=1) & np.all(np.isinf(self.left), axis=1)
        return missing

    @property
    def is_partly_unknown(self) -> BoolArray:
        """Of which accounts nothing is known of some such rule."""
        partly: BoolArray = np.any(self.applies & np.isinf(self.left), axis=1)
        return partly


@dataclass(frozen=True, slots=True)
class Lefts:
    """The least each sort of rule leaves each account; `is_judged`: it has a limit at all."""

    hard: Least
    pause: Least
    cap: Least
    is_judged: BoolArray

    @classmethod
    def of(cls, observed: Observed, buffer: FloatArray) -> Lefts:
        """What `buffer` (account × rule, of `observed` now or after the reset) leaves."""
        rules = observed.rules
        in_money = observed.applies & counts_in_money(rules)
        ceiling = np.array([KINDS[rule].is_ceiling for rule in rules], dtype=bool)
        loss = in_money & ~ceiling & ~observed.is_gate
        is_hard = _said(observed, lambda rule: rule.action is Action.HARD)
        touches = _said(observed, lambda rule: rule.touch_breaks)
        left = np.rint(buffer * CENTS) - touches
        broken = observed.violation != NONE
        is_lost = observed.applies & ~observed.is_gate & is_hard & broken  # whatever its unit
        down = np.where(broken & ~(left < 0) | is_lost & ~loss, -1.0, left)
        capped = np.array([rule in UPSIDE for rule in rules], dtype=bool)
        won, upside = _upside(observed)
        is_judged: BoolArray = np.any(observed.applies & ~observed.is_gate, axis=1)
        return cls(
            hard=Least.of(rules, down, buffer, loss & is_hard | is_lost),
            pause=Least.of(rules, down, buffer, loss & ~is_hard),
            cap=Least.of(rules, won, upside, observed.applies & capped),
            is_judged=is_judged,
        )


UPSIDE = ("profit_cap", "consistency")


def _upside(observed: Observed) -> tuple[FloatArray, FloatArray]:
    """What may still be won today, in cents and in money: under a cap, or within the best day."""
    buffer = observed.buffer.copy()
    if "consistency" in observed.rules:
        today = observed.details.get("consistency", {}).get("left_today")
        place = observed.rules.index("consistency")
        buffer[:, place] = np.nan if today is None else today
    return np.rint(buffer * CENTS), buffer


def _contracts(observed: Observed) -> FloatArray:
    """By account what a hard position limit leaves; NaN where there is none or it is unknown."""
    units = [KINDS[rule].unit is Unit.CONTRACTS for rule in observed.rules]
    is_hard = _said(observed, lambda rule: rule.action is Action.HARD)
    if not any(units):
        return np.full(len(observed.balance), np.nan)
    place = units.index(True)
    return np.where(is_hard[:, place], observed.buffer[:, place], np.nan)


def _said(observed: Observed, says: Callable[[Rule], bool]) -> BoolArray:
    """Account × rule: whether the account's own rule `says` so; no where it has none."""
    book = observed.standing.book
    wide = np.zeros(observed.applies.shape, dtype=bool)
    for column, kind in enumerate(observed.rules):
        answers = np.array([*map(says, book.distinct[kind]), False])
        wide[:, column] = answers[book.code[kind]]  # NONE is the last: no
    return wide
