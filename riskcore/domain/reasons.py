"""Reasons: the sentences that go with an answer, with the number found and the one allowed.

Names are put in as they are: whoever shows a sentence shows it as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from riskcore.domain.days import next_reset
from riskcore.domain.events import EventKind
from riskcore.domain.model import Account, AccountRisk, Basis, ImpliedFlow, RuleState
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Action, Found, Rule, Unit, amount_text
from riskcore.domain.staleness import is_stale
from riskcore.domain.status import Status


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


BASIS_WORDS = {
    Basis.CLOSED_BALANCE: "from closed balances only, so at most",
    Basis.END_OF_DAY: "from one reading a day, so at most",
}


def rule_reason(
    account: Account,
    rule: Rule,
    found: Found,
    as_of: datetime,
    *,
    basis: Basis = Basis.EQUITY,
    is_after_reset: bool = False,
    violated_at: datetime | None = None,
    then: Found | None = None,
) -> str:
    """Why one rule of one account stands as it does; `then`: the numbers of its break."""
    if violated_at is not None and then is not None:
        until = f"; {rule.end_words()}" if rule.action is Action.PAUSE else ""
        broken = rule.broken_sentence(then, account.currency)
        return f"broken at {instant_text(violated_at)}: {broken}{until}"
    if found.buffer is None:
        return _unknown_reason(account, rule, found)
    notes = [
        rule.sentence(found, account.currency),
        "counted from the last reset, positions taken as held" if is_after_reset else "",
        BASIS_WORDS.get(basis, ""),
        origin_text(account, as_of) if rule.kind == "max_loss" else "",
    ]
    return "; ".join(note for note in notes if note)


def _unknown_reason(account: Account, rule: Rule, found: Found) -> str:
    if account.starting_balance is None and rule.unit is Unit.MONEY:
        return "unknown: the starting balance is not set"
    return f"unknown: {rule.unknown_words(found)}"


def origin_text(account: Account, as_of: datetime) -> str:
    """Where a peak or floor that was stated by hand comes from; empty without one."""
    stated = ""
    for event in sorted(account.events, key=lambda one: one.happened_at):
        if event.happened_at > as_of:
            break
        if event.kind in (EventKind.PEAK, EventKind.FLOOR):
            origin = f" ({event.origin})" if event.origin else ""
            amount = money_text(event.amount, account.currency)
            stated = f"{event.kind} {amount} stated by hand on {event.happened_at:%Y-%m-%d}{origin}"
        elif event.kind in (EventKind.RESET, EventKind.REBASE):
            stated = ""
    return stated


def after_reset_reason(
    account: Account, rule: Rule, buffer: float, resets_at: datetime, as_of: datetime
) -> str:
    """What is left of an account over its next reset, with the countdown in both clocks."""
    local = resets_at.astimezone(ZoneInfo(account.time_zone))
    clock = f"{local:%H:%M} {account.time_zone}"
    also = "" if account.time_zone == "UTC" else f" ({resets_at:%H:%M} UTC)"
    when = f"after the reset at {clock}{also}, in {span_text(resets_at - as_of)}"
    left = amount_text(abs(buffer), rule.unit, account.currency)
    held = "if positions are held as they are"
    if buffer < 0:
        return f"{when}, {rule.title} is broken by {left} {held}"
    if buffer == 0 and rule.touch_breaks:
        return f"{when}, nothing is left on {rule.title} and it is broken {held}"
    return f"{when}, {left} is left on {rule.title} {held}"


def account_reason(
    account: Account,
    deciding: RuleState | None,
    taken_at: datetime | None,
    as_of: datetime,
    flows: Sequence[ImpliedFlow] = (),
) -> str:
    """Why an account stands as it does, in one clause that follows its name."""
    if taken_at is None:
        return "has no snapshot yet"
    if deciding is None:
        has_goals = " besides goals" if account.rules else ""
        return f"has no rules to judge it by{has_goals}"
    is_old = is_stale(account, taken_at, as_of)
    stale = f" (last snapshot {span_text(as_of - taken_at)} old)" if is_old else ""
    told = [flow for flow in flows if _is_told(flow, deciding, as_of)]
    note = f"; {flow_text(account, told[-1])}" if told else ""
    return f"{_standing_text(account, deciding, as_of, stale)}{note}"


def _standing_text(account: Account, deciding: RuleState, as_of: datetime, stale: str) -> str:
    title = KINDS[deciding.rule].title
    if deciding.violated_at is not None:
        return f"broke {title} {deciding.reason.removeprefix('broken ')}{stale}"
    if deciding.buffer is None:
        return f"cannot be judged on {title}: {deciding.reason.removeprefix('unknown: ')}{stale}"
    if deciding.buffer < 0:
        side = "over its {} limit" if KINDS[deciding.rule].is_ceiling else "under its {} floor"
        return f"is {side.format(title)}: {deciding.reason}{stale}"
    money = amount_text(deciding.buffer, deciding.unit, account.currency)
    left = f"{money} ({percent_text(deciding.buffer_percent)})"
    bound = "at most " if stale or deciding.is_upper_bound else ""
    reset = _reset_text(account, deciding.rule, as_of)
    return f"has {bound}{left} left on {title}{reset}{stale}"


FLOW_TOLD = timedelta(days=7)


def _is_told(flow: ImpliedFlow, deciding: RuleState, as_of: datetime) -> bool:
    """Whether a jump belongs into the sentence: it is new, or it is what broke the rule."""
    return flow.taken_at == deciding.violated_at or as_of - flow.taken_at < FLOW_TOLD


def flow_text(account: Account, flow: ImpliedFlow) -> str:
    """What a jump was, and what to do about it."""
    moved, was = ("rose", "a deposit") if flow.amount > 0 else ("fell", "a payout")
    return (
        f"its balance {moved} by {money_text(abs(flow.amount), account.currency)} with nothing open"
        f" at {instant_text(flow.taken_at)}: if that was {was}, record it"
    )


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
        (state.buffer_percent, state, accounts[member.account_id])
        for member in members
        if (state := member.deciding) is not None and state.buffer_percent is not None
    ]
    count = f"{unknown} of {len(members)} unknown"
    if not known:
        return count
    share, state, account = min(known, key=lambda entry: entry[0])
    left = amount_text(state.buffer, state.unit, account.currency)
    return f"at most {left} ({percent_text(share)}) left; {count}"


def group_rule_reason(name: str, worst: RuleState, left_out: bool) -> str:
    """Why a rule stands as it does in a group; `name` is that of the account in `worst`."""
    note = "; accounts in other currencies are compared by percent only" if left_out else ""
    return f"account {name}: {worst.reason}{note}"
