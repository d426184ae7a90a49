"""Same rules: where the rules of accounts that are one bet differ, and what that means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias
from uuid import UUID

from riskcore.domain.copying.links import exact
from riskcore.domain.model import Account
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Rule


class SameRules(StrEnum):
    """What different rules within a copy group are: a warning, a remark, or nothing."""

    REQUIRE = "require"
    INFORM = "inform"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDifference:
    """One parameter that an account has otherwise than its leader, as each of them says it.

    `kind` "" is the account's own clock. `parameter` "" is the whole rule, which one of them
    does not have (None).
    """

    account_id: UUID
    kind: str
    parameter: str
    leader: Any
    own: Any
    meaning: str


MEANINGS: Mapping[str, str] = {
    "": "it binds one of them and not the other",
    "action": "the same loss costs one the account and only pauses the other",
    "amount_base": "their limits are percentages of different things, and drift apart",
    "breach": "exactly at the floor one is broken and the other is not",
    "intraday_trail": "the floor of one rises during the day, so a profit given back costs it more",
    "limit": "one may lose a larger part of its account than the other",
    "limit_steps": "their limits grow differently with profit",
    "locks_at": "their floors stop rising at different heights",
    "locks_at_profit": "their floors stop rising at different heights",
    "max_percent": "a good day asks for more profit from one than from the other",
    "measure": "an open loss counts for one and not, or not yet, for the other",
    "milestone_profit": "their floors stop rising at different profits",
    "most_contracts": "one may hold more contracts than the other",
    "payout_effect": "a payout leaves them with different room",
    "reference": "their day's loss is counted from different levels",
    "reset": "their days turn at different times: the loss of one begins anew before the other's",
    "tiers": "their contract limits grow differently with profit",
    "trail": "the floor of one follows its profit further: what is given back costs it more",
}
"""What a difference means, by parameter."""

OTHERWISE = "the same trades are judged differently"

Said: TypeAlias = tuple[Any, Any]
"""A parameter as it is compared, and as it was said."""


def rule_differences(leader: Account, followers: Iterable[Account]) -> list[RuleDifference]:
    """What the followers' rules have otherwise than the leader's, account by account.

    Amounts that are the same part of each starting balance are the same: 2,000 on 50,000,
    4,000 on 100,000 and 4 %.
    """
    theirs = _rules(leader)
    compared: dict[object, list[tuple[str, Any, Any]]] = {}  # what is one object is compared once
    found = []
    for account in followers:
        own = _rules(account)
        for kind in KINDS_IN_ORDER:
            if kind not in theirs and kind not in own:
                continue
            mine = own.get(kind)
            key = (kind, mine and (id(mine[0]) if kind else mine[0], mine[1]))
            if key not in compared:
                compared[key] = list(_different(theirs.get(kind), mine))
            found += [
                RuleDifference(
                    account_id=account.id,
                    kind=kind,
                    parameter=parameter,
                    leader=one,
                    own=other,
                    meaning=MEANINGS.get(parameter, OTHERWISE),
                )
                for parameter, one, other in compared[key]
            ]
    return found


KINDS_IN_ORDER = ("", *KINDS)
"""The clock first, then the rules as they are shown."""


Sized: TypeAlias = tuple[Rule | str, float | None]
"""A rule, or the clock, of an account with its starting balance: what is compared."""


def _rules(account: Account) -> dict[str, Sized]:
    """By kind what is compared of an account; its clock under ""."""
    clock = f"{account.reset_time:%H:%M} {account.time_zone}"
    return {
        "": (clock, None),
        **{rule.kind: (rule, account.starting_balance) for rule in account.rules},
    }


def _different(leader: Sized | None, own: Sized | None) -> Iterator[tuple[str, Any, Any]]:
    if leader is None or own is None:
        yield "", leader and "has it", own and "has it"
        return
    theirs, mine = _parameters(*leader), _parameters(*own)
    for name in dict.fromkeys([*theirs, *mine]):
        one, other = theirs.get(name, (None, None)), mine.get(name, (None, None))
        if one[0] != other[0]:
            yield name, one[1], other[1]


SHARES = ("limit", "target", "min_profit")
"""What is said as an amount or as a percentage, never both."""

OF_START = ("locks_at", "locks_at_profit", "milestone_profit", "share_from_profit")
"""Amounts that go with the starting balance."""


def _parameters(rule: Rule | str, start: float | None) -> dict[str, Said]:
    """A rule's parameters by name, an amount and its percentage under one name."""
    if isinstance(rule, str):
        return {"reset": (rule, rule)}
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    said: dict[str, Said] = {}
    for share in SHARES:
        if f"{share}_percent" in values:
            said[share] = _share(values, share, start)
    for name, value in values.items():
        if name.removesuffix("_amount").removesuffix("_percent") not in said:
            said[name] = (_of_start(name, value, start), value)
    return said


def _share(values: Mapping[str, Any], share: str, start: float | None) -> Said:
    amount, percent = values[f"{share}_amount"], values[f"{share}_percent"]
    if amount is None and percent is None:
        return None, None
    if percent is not None:
        base = str(values.get("amount_base", "initial"))
        return (base, exact(percent)), f"{percent:g} %"
    if not start:
        return ("amount", amount), amount
    return ("initial", exact(amount) * 100 / exact(start)), amount


def _of_start(name: str, value: Any, start: float | None) -> Any:
    if name not in OF_START or value is None or not start:
        return value
    return Fraction(exact(value), exact(start))
