"""Reasons: the sentences that go with an answer, with the number found and the one allowed.

Names are put in as they are: whoever shows a sentence shows it as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from riskcore.domain.days import next_reset
from riskcore.domain.model import Account, AccountRisk, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Breach, Measure, Rule
from riskcore.domain.status import Status

MEASURE_WORDS = {
    Measure.EQUITY: "equity",
    Measure.BALANCE: "balance",
    Measure.LOWER: "the lower of balance and equity",
}


def instant_text(instant: datetime) -> str:
    """An instant for people: `2026-11-12 14:03 UTC`."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def span_text(span: timedelta) -> str:
    """A span for people, in its two largest units: `3 h 12 min`, `45 s`, `2 d 4 h`."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        hours, rest = divmod(seconds, 3600)
        return f"{hours} h {rest // 60} min" if rest >= 60 else f"{hours} h"
    days, rest = divmod(seconds, 86_400)
    return f"{days} d {rest // 3600} h" if rest >= 3600 else f"{days} d"


def rule_reason(
    account: Account,
    rule: Rule,
    *,
    buffer: float | None,
    limit_amount: float | None,
    floor: float | None,
    measured: float | None,
    is_after_reset: bool = False,
    violated_at: datetime | None = None,
    violated_floor: float | None = None,
    violated_measured: float | None = None,
) -> str:
    """Why one rule of one account stands as it does."""
    what, money = MEASURE_WORDS[rule.measure], account.currency
    if violated_at is not None:
        verb = "was at or under" if rule.breach is Breach.TOUCH else "was under"
        until = "; paused until the next reset" if rule.action is Action.PAUSE else ""
        return (
            f"broken at {instant_text(violated_at)}: {what} {money_text(violated_measured, money)}"
            f" {verb} the floor {money_text(violated_floor, money)}{until}"
        )
    if buffer is None or floor is None:
        return _unknown_reason(account, measured)
    held = "; counted from the last reset, positions taken as held" if is_after_reset else ""
    if buffer < 0:
        return (
            f"{what} {money_text(measured, money)} is {money_text(-buffer, money)} under"
            f" the floor {money_text(floor, money)}{held}"
        )
    return (
        f"{what} {money_text(measured, money)} is {money_text(buffer, money)} above"
        f" the floor {money_text(floor, money)}; the limit is"
        f" {money_text(limit_amount, money)}{held}"
    )


def _unknown_reason(account: Account, measured: float | None) -> str:
    if account.starting_balance is None:
        return "unknown: the starting balance is not set"
    return (
        "unknown: no snapshot yet" if measured is None else "unknown: something it needs is missing"
    )


def account_reason(
    account: Account, deciding: RuleState | None, taken_at: datetime | None, as_of: datetime
) -> str:
    """Why an account stands as it does, in one clause that follows its name."""
    if taken_at is None:
        return "has no snapshot yet"
    if deciding is None:
        return "has no rules to judge it by"
    stale = ""
    if as_of - taken_at >= account.stale_after:
        stale = f" (last snapshot {span_text(as_of - taken_at)} old)"
    title = KINDS[deciding.rule].title
    if deciding.violated_at is not None:
        return f"broke {title} {deciding.reason.removeprefix('broken ')}{stale}"
    if deciding.buffer is None:
        return f"cannot be judged on {title}: {deciding.reason.removeprefix('unknown: ')}{stale}"
    if deciding.buffer < 0:
        return f"is under its {title} floor: {deciding.reason}{stale}"
    left = (
        f"{money_text(deciding.buffer, account.currency)} ({percent_text(deciding.buffer_percent)})"
    )
    bound = "at most " if stale else ""
    reset = _reset_text(account, deciding.rule, as_of)
    return f"has {bound}{left} left on {title}{reset}{stale}"


def _reset_text(account: Account, rule: str, as_of: datetime) -> str:
    if rule != "daily_loss":
        return ""
    return (
        f"; resets in {span_text(next_reset(as_of, account.time_zone, account.reset_time) - as_of)}"
    )


def group_reason(
    overall: Status,
    members: Sequence[AccountRisk],
    accounts: Mapping[UUID, Account],
    as_of: datetime,
    unknown: int,
) -> str:
    """A group's sentence: its status, its weakest account and why, and the others."""
    if not members:
        return "UNKNOWN: the group has no accounts"
    weakest = members[0]
    name = accounts[weakest.account_id].name
    parts = [f"{overall.name}: account {name} {weakest.reason}"]
    if unknown and overall in (Status.CAUTION, Status.CRITICAL):
        parts.append(f"{unknown} of {len(members)} unknown, so the true buffer may be lower")
    elif unknown and overall is Status.UNKNOWN:
        parts.append(_at_most(members, accounts, unknown))
    others = Counter(member.status for member in members[1:])
    counted = [f"{others[s]} {s.word}" for s in sorted(others, reverse=True)]
    if counted:
        parts.append(f"{'others' if len(members) > 2 else 'other'}: {', '.join(counted)}")
    return "; ".join(part for part in parts if part)


def _at_most(members: Sequence[AccountRisk], accounts: Mapping[UUID, Account], unknown: int) -> str:
    """The smallest known buffer by percentage, as the bound it is."""
    known = [
        (state.buffer_percent, state.buffer or 0.0, accounts[member.account_id])
        for member in members
        if (state := member.deciding) is not None and state.buffer_percent is not None
    ]
    count = f"{unknown} of {len(members)} unknown"
    if not known:
        return count
    share, buffer, account = min(known, key=lambda entry: entry[0])
    return f"at most {money_text(buffer, account.currency)} ({percent_text(share)}) left; {count}"


def group_rule_reason(
    accounts: Sequence[Account], worst_id: UUID, worst: RuleState, left_out: bool
) -> str:
    """Why a rule stands as it does in a group."""
    name = next(account.name for account in accounts if account.id == worst_id)
    note = "; accounts in other currencies are compared by percent only" if left_out else ""
    return f"account {name}: {worst.reason}{note}"
