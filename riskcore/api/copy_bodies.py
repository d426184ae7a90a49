"""Copy groups as JSON: links, rooms, what would be, and whether it is really copying.

Money out is in the leader's currency unless it is said otherwise; null is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from riskcore.api.shapes import Answer, Body, example
from riskcore.api.values import (
    Day,
    Factor,
    Id,
    Instant,
    Money,
    Number,
    Rate,
    StatusWord,
)
from riskcore.domain.copying.advice import Act
from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import InvalidValue
from riskcore.domain.presets import Trust
from riskcore.services.copying import LinkDraft

MOST_FEES = 1_000


class CopyLinkDraft(Body):
    """One account copies another; what is left out is as in a new link."""

    model_config = example(
        leader_id="7d9f3c52-0d3f-4b4c-9d5e-1f1f6d0c8a11",
        follower_id="7d9f3c52-0d3f-4b4c-9d5e-1f1f6d0c8a12",
        mode="multiplier",
        ratio=2,
    )

    leader_id: Id
    follower_id: Id
    mode: CopyMode = CopyMode.MULTIPLIER
    ratio: Annotated[Factor, Field(description="By multiplier, balance or equity; else 1")] = 1.0
    fixed_contracts: Annotated[Factor | None, Field(description="Of the mode fixed only")] = None
    risk_percent: Annotated[
        Factor | None, Field(description="Of equity, lost at the stop; of risk_percent only")
    ] = None
    contract_multiplier: Annotated[
        Factor, Field(description="What its contract is worth of the leader's: 0.1 for a micro")
    ] = 1.0
    rounding: Rounding = Rounding.DOWN
    step_contracts: Factor = 1.0
    least_contracts: Annotated[Factor | None, Field(description="Null: a step")] = None
    most_contracts: Factor | None = None
    rate: Annotated[
        Rate | None, Field(description="So much of its currency is one of the leader's")
    ] = None
    rated_on: Day | None = None
    active_from: Instant | None = None
    active_to: Annotated[Instant | None, Field(description="Exclusive")] = None

    @model_validator(mode="after")
    def _is_a_link(self) -> Self:
        try:
            self.draft().link(UUID(int=0), UUID(int=0))
        except InvalidValue as error:
            raise ValueError(str(error)) from error
        return self

    def draft(self) -> LinkDraft:
        """The link as the services take it."""
        return LinkDraft(**{name: getattr(self, name) for name in type(self).model_fields})


class CopyLink(Answer):
    """One account copies another, within a group."""

    id: Id
    group_id: Id
    leader_id: Id
    follower_id: Id
    mode: CopyMode
    ratio: float
    fixed_contracts: Number
    risk_percent: Number
    contract_multiplier: float
    rounding: Rounding
    step_contracts: float
    least_contracts: Number
    most_contracts: Number
    rate: Number
    rated_on: date | None
    active_from: Instant | None
    active_to: Instant | None


class CopySettingsDraft(Body):
    """What a group says of different rules, and what its accounts cost."""

    same_rules: SameRules = SameRules.INFORM
    fees: Annotated[
        dict[Id, Money | None],
        Field(
            default={},
            max_length=MOST_FEES,
            description="Account money; null: not known any more",
        ),
    ]


class CopySettings(Answer):
    """What a group says of different rules, and what its accounts cost (account money)."""

    same_rules: SameRules
    fees: dict[str, float]


# --- rooms


class Break(Answer):
    """What of the leader's loss breaks an account: `loss`, and not a cent less.

    `buffer` is its rule's, in its own money; `ratio` what it loses for each unit.
    """

    account_id: Id
    rule: str
    loss: float
    buffer: float
    ratio: float


class LadderStep(Answer):
    """Who breaks at a loss of the leader; how many are lost by then, and their fees.

    `fees` in each account's money, by currency; an account whose fee nobody knows is in
    `unknown_fees`.
    """

    loss: float
    breaks: list[Break]
    lost: int
    fees: dict[str, float]
    unknown_fees: int


class Room(Answer):
    """How far a leader may go before an account breaks: the room, and who ends it.

    `room` null: nothing that is known ends it. With `is_upper_bound` it may be smaller:
    of `uncertain_account_ids` too little is known.
    """

    room: Number
    is_upper_bound: bool
    binding: list[Break]
    uncertain_account_ids: list[Id]


class SizedRoom(Room):
    """The room when the leader trades whole contracts, the followers' sizes rounded.

    `ticks` and `points` against it; null without an instrument.
    """

    contracts: float
    ticks: int | None
    points: Number
    follower_contracts: Annotated[dict[str, Number], Field(description="Of each account, by id")]


class Follower(Answer):
    """A member of a copy set; the leader has no `link_id`, and the ratio 1."""

    account_id: Id
    link_id: Id | None
    ratio: Annotated[Number, Field(description="Nominal; null: unknown, and `unknown` says why")]
    unknown: str
    status: StatusWord
    effective_status: StatusWord
    effective_reason: str
    equal_ratio: Annotated[
        Number, Field(description="Its largest setting that outlives what the leader outlives")
    ]


class Advice(Answer):
    """One thing to do: `gain` is the room it gives, `room` what there is then.

    `settings` are the new ratios (or fixed sizes, or risks), `before` the present ones.
    """

    act: Act
    account_ids: list[Id]
    before: list[float]
    settings: list[float]
    gain: Number
    room: Number
    reason: str


class RoomAfterReset(Answer):
    """The room once a coming reset has passed, positions held as they are."""

    resets_at: Instant
    account_ids: list[Id]
    room: Number
    binding_account_id: Id | None


class RuleDifference(Answer):
    """What an account has otherwise than its leader, as each says it; null: it has no such rule."""

    account_id: Id
    rule: Annotated[str, Field(description="Empty: the account's clock")]
    parameter: Annotated[str, Field(description="Empty: the whole rule")]
    leader: Any
    own: Any
    meaning: str


class FirmFinding(Answer):
    """Whether a firm's rule on copying is kept; null: it cannot be told."""

    firm: str
    rule: str
    is_kept: bool | None
    reason: str
    source: str
    checked_on: date
    trust: Trust


class CopySet(Room):
    """A leader with its followers: the room at nominal ratios, and all that goes with it.

    `pause_room` is until one is paused, `upside_room` what may be won until a cap or a best
    day binds.
    """

    leader_id: Id
    currency: str
    reason: str
    members: list[Follower]
    ladder: list[LadderStep]
    pause_room: Room
    upside_room: Room
    sized: list[SizedRoom]
    advice: list[Advice]
    after_resets: list[RoomAfterReset]
    rule_differences: list[RuleDifference]
    firm_findings: list[FirmFinding]


class GroupRoom(Answer):
    """The rooms of a group's leaders, the smallest first."""

    group_id: Id
    as_of: Instant
    timestamp: Instant
    same_rules: SameRules
    warns: Annotated[bool, Field(description="Rules differ, and the group requires the same")]
    sets: list[CopySet]
    alone_account_ids: Annotated[list[Id], Field(description="Copy nobody, and lead nobody")]


# --- what if


class TradeBody(Body):
    """A trade of the leader."""

    instrument: str = Field(max_length=20)
    contracts: Factor
    stop_points: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False, strict=True)]


class WhatIfQuestion(Body):
    """What to try on one copy set, all at once; nothing is changed."""

    model_config = example(
        leader_id="7d9f3c52-0d3f-4b4c-9d5e-1f1f6d0c8a11",
        trade={"instrument": "NQ", "contracts": 2, "stop_points": 20},
    )

    leader_id: Id
    trade: TradeBody | None = None
    ratios: Annotated[
        dict[Id, Factor],
        Field(default={}, max_length=1_000, description="Or fixed sizes, or risks"),
    ]
    removed_account_ids: list[Id] = Field(default=[], max_length=1_000)
    gain: Annotated[Money | None, Field(description="What the leader wins first")] = None


class MemberAfter(Answer):
    """A member before and after; buffers in its own money, those of its hard rule."""

    account_id: Id
    contracts: Number
    loss: Number
    status_before: StatusWord
    status_after: StatusWord
    buffer_before: Number
    buffer_after: Number


class WhatIf(Answer):
    """A copy set before and after; `gain` is the room won, negative when it shrinks.

    The statuses are the group's. `largest_contracts` is the most the leader can trade with
    that stop; null without a trade, or without an end.
    """

    currency: str
    before: Room
    after: Room
    gain: Number
    status_before: StatusWord
    status_after: StatusWord
    members: list[MemberAfter]
    largest_contracts: int | None
    largest_binding_account_ids: list[Id]


# --- is it really copying


class TrackedFollower(Answer):
    """How one follower has copied over `days` on which its leader closed a result."""

    account_id: Id
    days: int
    missed_days: int
    unseen_days: int
    realised_ratio: Number
    nominal_ratio: Number
    drift_percent: Number
    likeness: Annotated[Number, Field(description="1: the same days at a fixed ratio")]
    lag_seconds: Number


class CopySuggestion(Answer):
    """Two accounts that move together and are not linked."""

    leader_id: Id
    follower_id: Id
    ratio: float
    likeness: float
    days: int


class SetTracking(Answer):
    """A leader's followers, and its room at nominal and at realised ratios."""

    leader_id: Id
    followers: list[TrackedFollower]
    nominal_room: Number
    realised_room: Number


class GroupTracking(Answer):
    """Whether a group's followers copied, from `start` to `end`."""

    start: Instant
    end: Instant
    sets: list[SetTracking]
    suggestions: list[CopySuggestion]


class EffectiveStatus(Answer):
    """An account's own status, and the one it has through its copy groups."""

    account_id: Id
    own: StatusWord
    effective: StatusWord
    through_account_id: Id | None
    reason: str


def by_id(values: Mapping[UUID, Any]) -> dict[str, Any]:
    """What is said of accounts, by their id as text."""
    return {str(key): value for key, value in values.items()}
