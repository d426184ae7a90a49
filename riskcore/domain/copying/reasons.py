"""Reasons: the sentences of a copy group, with the numbers behind them.

Names are put in as they are: whoever shows a sentence shows it as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from riskcore.domain.copying.advice import Act, Advice
from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.members import CENTS
from riskcore.domain.copying.room import Break, Room, room_without
from riskcore.domain.copytrade import CopyMode
from riskcore.domain.money import money_text
from riskcore.domain.rules import KINDS

Names = Mapping[UUID, str]

FEW = 3
"""So many accounts are named; of more the others are counted."""


def cents_text(cents: int | None, currency: str) -> str:
    """Whole cents for people: `1,234.50 USD`; None is `unknown`."""
    return money_text(None if cents is None else cents / CENTS, currency)


def ratio_text(ratio: Fraction | float | None) -> str:
    """A ratio for people: `0.33×`; None is `unknown`."""
    return "unknown" if ratio is None else f"{float(ratio):.4g}×"


def names_text(account_ids: Sequence[UUID], names: Names) -> str:
    """Accounts for people: `7741, 7742 and 3 others`."""
    known = [names.get(account_id, str(account_id)) for account_id in account_ids[:FEW]]
    more = len(account_ids) - FEW
    if more > 0:
        return f"{', '.join(known)} and {more} {'others' if more > 1 else 'other'}"
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)


def room_reason(room: Room, copies: Sequence[Copy], names: Names) -> str:
    """How much the leader may lose, who breaks first, and why that one."""
    leader = names.get(room.leader_id, str(room.leader_id))
    if not room.binding:
        return f"nothing that is known ends the room of {leader}{_bound(room, names)}"
    first = room.binding[0]
    others = f", with {len(room.binding) - 1} more," if len(room.binding) > 1 else ""
    name = names.get(first.account_id, str(first.account_id))
    if first.moved == 0:
        gone = [one.account_id for one in room.binding]
        without = cents_text(room_without(room, *gone), room.currency)
        who = names_text(gone, names)
        return f"no room: {who} broke {_title(first)} already; without, {without} are left"
    most = "at most " if room.is_upper_bound else ""
    amount = cents_text(room.cents, room.currency)
    return (
        f"when {leader} loses more than {most}{amount}, {name}{others} is the first to break"
        f" {_title(first)}: {_why(first, copies)}{_smallest(room, copies, names)}"
        f"{_bound(room, names)}"
    )


def _title(one: Break) -> str:
    return KINDS[one.limit.rule].title


def _why(one: Break, copies: Sequence[Copy]) -> str:
    copy = next(copy for copy in copies if copy.account_id == one.account_id)
    left = money_text(one.limit.buffer, copy.member.currency)
    if copy.link is None:
        return f"it is the leader, with {left} left"
    return f"it has {left} left and loses {ratio_text(one.ratio)} what the leader loses"


def _smallest(room: Room, copies: Sequence[Copy], names: Names) -> str:
    """Who has the smallest buffer, where that is not the one that breaks first."""
    same = (copy for copy in copies if copy.member.currency == room.currency)
    known = [copy for copy in same if copy.member.hard is not None]
    least = min(known, key=_buffer, default=None)
    if least is None or least.account_id in {one.account_id for one in room.binding}:
        return ""
    name, left = names.get(least.account_id, ""), money_text(_buffer(least), room.currency)
    return f"; {name} has the smallest buffer, {left}, but loses {ratio_text(least.ratio(None))}"


def _buffer(copy: Copy) -> float:
    return float("inf") if copy.member.hard is None else copy.member.hard.buffer


def _bound(room: Room, names: Names) -> str:
    if not room.uncertain_ids:
        return ""
    who = names_text(room.uncertain_ids, names)
    return f"; at most, since too little is known of {who}"


def advice_reason(one: Advice, currency: str, names: Names) -> str:
    """One piece of advice with what it gains: `7741 from 3× to 2×: +200.00 USD of room`."""
    who = names_text(one.account_ids, names)
    gain = "nothing else that is known would end it"
    if one.gain is not None and one.cents is not None:
        then = cents_text(one.cents, currency)
        gain = f"+{cents_text(one.gain, currency)} of room, {then} in all"
    if one.act is Act.REMOVE:
        return f"stop copying to {who}: {gain}"
    changes = zip(one.before, one.settings, strict=True)
    if len(one.settings) == 1:
        turns = f"{who} from {one.before[0]:g}× to {one.settings[0]:g}×"
    else:
        turns = f"{who} from {', '.join(f'{a:g}× to {b:g}×' for a, b in list(changes)[:FEW])}"
    return f"{turns}: {gain}"


def no_advice(room: Room, names: Names) -> str:
    """Why there is no advice."""
    leader = names.get(room.leader_id, str(room.leader_id))
    if any(one.account_id == room.leader_id for one in room.binding):
        return f"{leader} leads and is the first to break itself: no ratio gives it more room"
    return "nothing that is known ends the room: there is nothing to change"


MODES: Mapping[CopyMode, str] = {
    CopyMode.EXACT: "the same size",
    CopyMode.FIXED: "a fixed size",
    CopyMode.MULTIPLIER: "a multiple of the size",
    CopyMode.BALANCE: "in proportion to balance",
    CopyMode.EQUITY: "in proportion to equity",
    CopyMode.RISK: "a part of equity at risk",
    CopyMode.POOLED: "an equal share of the size",
}
"""How a follower's size follows, for people."""


def link_text(link: CopyLink) -> str:
    """How a follower copies, for people: `2×`, `1 contract`, `1 % of equity at risk`."""
    if link.mode is CopyMode.FIXED:
        text = f"always {link.fixed_contracts:g} contracts"
    elif link.mode is CopyMode.RISK:
        text = f"{link.risk_percent:g} % of equity at risk"
    elif link.mode in (CopyMode.BALANCE, CopyMode.EQUITY):
        text = f"{link.ratio:g}×, {MODES[link.mode]}"
    elif link.mode is CopyMode.POOLED:
        text = MODES[link.mode]
    else:
        text = f"{link.ratio:g}×"
    worth = link.contract_multiplier
    return text if worth == 1 else f"{text}, contracts of {worth:g}"
