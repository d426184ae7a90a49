"""Answers about risk: of a rule, an account, a group, and of a group through time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from riskcore.api.shapes import Answer
from riskcore.api.values import Id, Instant, Number, StatusWord, status_word
from riskcore.domain.model import Basis
from riskcore.domain.rules.base import Unit
from riskcore.domain.status import Status


def known_numbers(value: Any) -> Any:
    """Numbers by name, without those that are unknown (NaN) or have no end."""
    if not isinstance(value, Mapping):
        return value
    return {name: number for name, number in value.items() if isfinite(number)}


class RuleState(Answer):
    """One rule's answer, for one account or for the weakest of a group; null is unknown.

    Numbers are in its `unit`. A gate stands before a payout only: it is never part of the
    status of an account.
    """

    rule: str
    status: StatusWord
    reason: str
    unit: Unit
    basis: Annotated[Basis, Field(description="What the numbers rest on")]
    buffer: Number
    buffer_percent: Number
    limit_amount: Number
    floor: Number
    measured: Number
    buffer_after_reset: Annotated[
        Number, Field(description="What is left over the next reset if nothing is traded")
    ]
    violated_at: Instant | None
    is_upper_bound: Annotated[bool, Field(description="The true buffer may be lower")]
    is_gate: bool
    is_met: Annotated[bool | None, Field(description="Whether a gate is reached; null for a limit")]
    details: Annotated[
        dict[str, float],
        BeforeValidator(known_numbers),
        Field(description="Further numbers of the rule, by name"),
    ]
    buffer_account_id: Id | None
    percent_account_id: Id | None
    status_account_id: Id | None


class AfterReset(Answer):
    """What is left over an account's next reset if its positions are held as they are.

    `rule` has the least share left then; `buffer` is in its unit, negative when the reset
    alone breaks it.
    """

    resets_at: Instant
    account_id: Id
    rule: str
    buffer: Number
    buffer_percent: Number
    reason: str


class ImpliedFlow(Answer):
    """A jump of the closed balance that no open position explains.

    It counts as profit or loss until somebody records what it was.
    """

    taken_at: Instant
    amount: Number


class AccountRisk(Answer):
    """One account at one instant: its worst status, the rule that decides, each rule.

    `binding_rule` has the highest of the floors that cost the account, `pause_rule` of those
    that pause it.
    """

    account_id: Id
    status: StatusWord
    reason: str
    taken_at: Instant | None
    is_stale: bool
    balance: Number
    equity: Number
    deciding_rule: str | None
    binding_rule: str | None
    pause_rule: str | None
    after_reset: AfterReset | None
    implied_flows: list[ImpliedFlow]
    rule_states: dict[str, RuleState]


def counts_by_word(value: Any) -> Any:
    """Members by status word, every status named."""
    if not isinstance(value, Mapping):
        return value
    counted = {status_word(status): count for status, count in value.items()}
    return {status.word: counted.get(status.word, 0) for status in Status}


class LeaderRoom(Answer):
    """How much a leader may lose before an account that copies it breaks a hard rule.

    `room` in its currency; with a cent more `account_id` breaks `rule`, and `others` with it.
    Null: nothing that is known ends it. See GET /groups/{group_id}/room.
    """

    leader_id: Id
    account_ids: Annotated[list[Id], Field(description="One bet: the leader, then its copies")]
    currency: str
    room: Number
    account_id: Id | None
    rule: str | None
    others: int
    is_upper_bound: Annotated[bool, Field(description="The true room may be smaller")]


class GroupWithoutMembers(Answer):
    """A group's answer at one instant, but for its members' own."""

    group_id: Id
    overall_status: StatusWord
    weakest_account_id: Id | None
    weakest_rule: str | None
    rule_states: dict[str, RuleState]
    timestamp: Instant
    as_of: Instant
    reason: str
    currency: str | None
    buffer: Annotated[Number, Field(description="Null where the rule is not about money")]
    buffer_percent: Number
    after_reset: Annotated[
        AfterReset | None, Field(description="Of the member with the least left then")
    ]
    is_upper_bound: bool
    oldest_taken_at: Instant | None
    latest_taken_at: Instant | None
    members_by_status: Annotated[dict[StatusWord, int], BeforeValidator(counts_by_word)]
    unknown_account_ids: list[Id]
    stale_account_ids: list[Id]
    leader_rooms: Annotated[
        list[LeaderRoom], Field(description="Where members copy others; the smallest first")
    ]


class GroupRiskEvaluation(GroupWithoutMembers):
    """A group's answer at one instant: its status, and the weakest account that sets it."""

    members: Annotated[list[AccountRisk], Field(description="Weakest first")]


# --- history


class BufferMinimum(Answer):
    """The smallest buffer of one rule in one stretch of time, and whose it was."""

    time: Annotated[Instant, Field(description="When the stretch begins")]
    rule: str
    buffer: Number
    account_id: Id | None
    buffer_percent: Number


class DayLow(Answer):
    """The smallest buffer of one rule on one trading day, when, and whose it was."""

    trading_day: date
    rule: str
    buffer: Number
    buffer_percent: Number
    account_id: Id | None
    taken_at: Instant | None


class GroupHistory(Answer):
    """A group's minima over time, each of `bucket_seconds`, and the low of each day."""

    group_id: Id
    start: Instant
    end: Instant
    bucket_seconds: int
    minima: list[BufferMinimum]
    day_lows: list[DayLow]
