"""The nouns: accounts, groups, snapshots, and the answers about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any, Self
from uuid import UUID

from riskcore.domain.errors import InvalidValue
from riskcore.domain.events import AccountEvent
from riskcore.domain.market_hours import AROUND_THE_CLOCK, MarketHours
from riskcore.domain.rules.base import Rule, Unit
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.rules.min_trading_days import MinTradingDays
from riskcore.domain.rules.profit_target import ProfitTarget
from riskcore.domain.status import Status, Thresholds
from riskcore.domain.zones import check_zone

NAME_LENGTH = 80
STALE_AFTER_API = timedelta(minutes=5)
STALE_AFTER_FILES = timedelta(hours=36)
MAX_STALE_AFTER = timedelta(days=366)


COUNTED_SINCE = (ProfitTarget, Consistency, MinTradingDays)


def clean_name(text: str, field: str = "name") -> str:
    """`text` as a name: NFC, trimmed, one line, 1–80 characters that can be seen.

    Control, bidirectional and zero-width characters are refused: they make one name
    look like another.
    """
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidValue(field, f"must have 1 to {NAME_LENGTH} characters", len(name))
    hidden = [c for c in name if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    if hidden:
        raise InvalidValue(field, "must have no hidden characters", f"U+{ord(hidden[0]):04X}")
    return name


def name_key(name: str) -> str:
    """What two names share when they count as the same: compatible form, case folded."""
    return unicodedata.normalize("NFKC", name).casefold()


def currency_code(text: str) -> str:
    """An ISO 4217-like code: three to five capital letters or digits."""
    code = text.strip().upper()
    if not (3 <= len(code) <= 5 and code.isascii() and code.isalnum()):
        raise InvalidValue("currency", "must be a code such as USD", repr(text))
    return code


class Basis(StrEnum):
    """What a snapshot's equity rests on.

    Equity with open positions; closed balances only, so that open losses are not in it;
    or one reading a day, so that what happened between is not seen.
    """

    EQUITY = "equity"
    CLOSED_BALANCE = "closed_balance"
    END_OF_DAY = "end_of_day"


BASIS_CODES = {basis: code for code, basis in enumerate(Basis)}
"""What stands for each in a frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedPreset:
    """Which preset's rules an account was given, and the date they had been checked on.

    `size` is the name of one of its sizes.
    """

    name: str
    size: str
    checked_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One trading account in one currency.

    `number` is what the platform calls it (text, unique per owner; files are matched by
    it); `name` is what people call it. `starting_balance` in account money; None while
    nobody has said it, and then every rule that needs it is unknown. The trading day
    turns at `reset_time`, local to `time_zone`. A snapshot is too old once the market has
    been open for `stale_after` since, by `market_hours`. `events` by instant.
    """

    id: UUID
    user_id: str
    number: str
    name: str
    firm: str = ""
    platform: str = ""
    currency: str = "USD"
    starting_balance: float | None = None
    time_zone: str = "UTC"
    reset_time: time = time(0, 0)
    stale_after: timedelta = STALE_AFTER_FILES
    market_hours: MarketHours = AROUND_THE_CLOCK
    rules: tuple[Rule, ...] = ()
    events: tuple[AccountEvent, ...] = ()
    preset: AppliedPreset | None = None
    created_at: datetime
    updated_at: datetime

    def __post_init__(self) -> None:
        check_zone(self.time_zone)
        if self.starting_balance is not None and not isfinite(self.starting_balance):
            raise InvalidValue("starting_balance", "must be an amount", self.starting_balance)
        kinds = [rule.kind for rule in self.rules]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise InvalidValue("rules", "must have one rule of a kind", f"two of {kind}")
        starts = {rule.since for rule in self.rules if isinstance(rule, COUNTED_SINCE)}
        if len(starts) > 1:
            raise InvalidValue(
                "rules", "must count every goal from the same moment (since)", "cycle and payout"
            )
        if not timedelta(seconds=1) <= self.stale_after <= MAX_STALE_AFTER:
            raise InvalidValue("stale_after", "must be 1 second to 366 days", self.stale_after)
        if self.reset_time.tzinfo is not None:
            raise InvalidValue("reset_time", "must be local, without a zone", self.reset_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGroup:
    """A named set of one owner's accounts, judged together.

    `account_ids` in rising order, each once. `currency` is the money the group is shown
    in; None means: that of its members, if they share one.
    """

    id: UUID
    user_id: str
    name: str
    account_ids: tuple[UUID, ...] = ()
    currency: str | None = None
    thresholds: Thresholds = Thresholds()
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One observation of an account: closed `balance`, `equity` with open positions.

    Account money, to the cent; `taken_at` aware. `open_contracts` None: not said.
    """

    account_id: UUID
    taken_at: datetime
    balance: float
    equity: float
    open_contracts: float | None = None
    basis: Basis = Basis.EQUITY


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleState:
    """One rule's answer, for one account or for the weakest of a group.

    Numbers are in the rule's `unit`; money in account currency (in a group: the group's).
    `buffer` and the `floor`, `measured` and `limit_amount` beside it are those of
    `buffer_account_id`, the account with the smallest buffer; `buffer_percent` is the
    smallest percentage and belongs to `percent_account_id`; `status` is the worst and
    belongs to `status_account_id`. For one account the three are that account. None is
    unknown, never zero.

    `floor` is the level that must not be broken; a position limit's, a cap's and a time
    limit's is a ceiling. `buffer_after_reset` is what is left over the next reset if
    nothing is traded until then. `basis` is what the numbers rest on. `is_upper_bound`:
    the true buffer may be lower ("at most"), since the data is old or coarse, or a member
    is unknown or was left out. A gate stands before a payout only: its status is never
    above unknown, `is_met` says whether it is reached, and the percentage of a goal is
    progress. `details` are further numbers of the rule, by name.
    """

    rule: str
    status: Status
    reason: str
    unit: Unit = Unit.MONEY
    basis: Basis = Basis.EQUITY
    buffer: float | None = None
    buffer_percent: float | None = None
    limit_amount: float | None = None
    floor: float | None = None
    measured: float | None = None
    buffer_after_reset: float | None = None
    violated_at: datetime | None = None
    is_upper_bound: bool = False
    is_gate: bool = False
    is_met: bool | None = None
    details: Mapping[str, float] = field(default_factory=dict)
    buffer_account_id: UUID | None = None
    percent_account_id: UUID | None = None
    status_account_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterReset:
    """What is left over an account's next reset if its positions are held as they are.

    `rule` is the one with the least share left then; `buffer` in its unit, in account
    money; negative: the reset alone breaks it.
    """

    resets_at: datetime
    account_id: UUID
    rule: str
    buffer: float
    buffer_percent: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedFlow:
    """A jump of the closed balance that no open position explains; account money, signed.

    It counts as profit or loss until somebody records what it was.
    """

    account_id: UUID
    taken_at: datetime
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRisk:
    """One account at one instant: its worst status, the rule that decides, each rule.

    `taken_at` is the snapshot behind it (None: there is none); `deciding_rule` is the
    rule with the worst status, among equals the lowest percentage. `binding_rule` has the
    highest of the floors that cost the account, `pause_rule` of those that pause it.
    `implied_flows` of this cycle, the oldest first.
    """

    account_id: UUID
    status: Status
    reason: str
    taken_at: datetime | None = None
    is_stale: bool = False
    balance: float | None = None
    equity: float | None = None
    deciding_rule: str | None = None
    binding_rule: str | None = None
    pause_rule: str | None = None
    after_reset: AfterReset | None = None
    implied_flows: tuple[ImpliedFlow, ...] = ()
    rule_states: Mapping[str, RuleState] = field(default_factory=dict)

    @property
    def deciding(self) -> RuleState | None:
        """The state of the deciding rule, if any rule has one."""
        return None if self.deciding_rule is None else self.rule_states[self.deciding_rule]

    @property
    def limits(self) -> dict[str, RuleState]:
        """The states of the rules that can put the account in danger."""
        return {rule: state for rule, state in self.rule_states.items() if not state.is_gate}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderRoom:
    """How much a leader may lose before an account that copies it breaks a hard rule.

    `room` in `currency`, the leader's; None: nothing that is known ends it. With a cent more
    `account_id` breaks `rule`, and `others` with it. `is_upper_bound`: too little is known of
    an account, so the true room may be smaller. `account_ids` are one bet: the leader first,
    then all that copy it.
    """

    leader_id: UUID
    account_ids: tuple[UUID, ...]
    currency: str
    room: float | None
    account_id: UUID | None = None
    rule: str | None = None
    others: int = 0
    is_upper_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRiskEvaluation:
    """A group's answer at one instant.

    `timestamp` is when it was evaluated, `as_of` the instant it speaks of. `currency` is
    None when the members share none. `members`, weakest first. `buffer` and
    `buffer_percent` are those of the weakest account's deciding rule; `buffer` is None
    where that rule is not about money. `after_reset` is that of the member which has the
    least left after its next reset. `leader_rooms`, the smallest first, where members copy
    others.
    """

    group_id: UUID
    overall_status: Status
    weakest_account_id: UUID | None
    weakest_rule: str | None
    rule_states: Mapping[str, RuleState]
    timestamp: datetime
    as_of: datetime
    reason: str
    currency: str | None = None
    buffer: float | None = None
    buffer_percent: float | None = None
    after_reset: AfterReset | None = None
    is_upper_bound: bool = False
    oldest_taken_at: datetime | None = None
    latest_taken_at: datetime | None = None
    members_by_status: Mapping[Status, int] = field(default_factory=dict)
    unknown_account_ids: tuple[UUID, ...] = ()
    stale_account_ids: tuple[UUID, ...] = ()
    members: tuple[AccountRisk, ...] = ()
    leader_rooms: tuple[LeaderRoom, ...] = ()

    def statuses_as_one_bet(self) -> dict[UUID, Status]:
        """By member its status as that of the worst account with which it is one bet."""
        own = {member.account_id: member.status for member in self.members}
        together = dict(own)
        for room in self.leader_rooms:
            worst_of_all = max(own[account_id] for account_id in room.account_ids)
            for account_id in room.account_ids:
                together[account_id] = max(together[account_id], worst_of_all)
        return together

    def same_answer(self, other: Self | None) -> bool:
        """Whether `other` says the same, whenever it was evaluated and however it is worded."""
        return (
            other is not None
            and len(self.members) == len(other.members)
            and all(map(_say_the_same, self.members, other.members))
            and _alike(self, other, _EVALUATION)
            and _say_the_same_after(self.after_reset, other.after_reset)
        )


def _say_the_same(one: AccountRisk, other: AccountRisk) -> bool:
    return one is other or (
        _alike(one, other, _RISK) and _say_the_same_after(one.after_reset, other.after_reset)
    )


def _say_the_same_after(one: AfterReset | None, other: AfterReset | None) -> bool:
    if one is None or other is None:
        return one is other
    return _alike(one, other, _AFTER)


def _alike(one: object, other: object, names: Sequence[str]) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _names(kind: type[Any], *but: str) -> tuple[str, ...]:
    return tuple(own.name for own in fields(kind) if own.name not in but)


_AFTER = _names(AfterReset, "reason")
_RISK = _names(AccountRisk, "reason", "after_reset")
_EVALUATION = _names(GroupRiskEvaluation, "reason", "after_reset", "timestamp", "as_of", "members")
