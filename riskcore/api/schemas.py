"""The shapes of what comes in and goes out, in the words of the domain."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from riskcore.api.rule_bodies import AnyRule
from riskcore.api.shapes import Answer, Body, Label, Name, example
from riskcore.api.shapes import Page as Page
from riskcore.api.values import (
    ClockTime,
    Contracts,
    Day,
    Fraction,
    Id,
    Instant,
    Money,
    Number,
    Seconds,
)
from riskcore.domain.events import ORIGIN_LENGTH, EventKind
from riskcore.domain.market_hours import NAMED_HOURS
from riskcore.domain.model import MAX_STALE_AFTER, NAME_LENGTH, STALE_AFTER_API, Basis

MOST_MEMBERS = 1_000
MOST_SNAPSHOTS = 5_000
HOURS_LENGTH = 1_000
LONGEST_STALE_AFTER = int(MAX_STALE_AFTER.total_seconds())


# --- groups


class Thresholds(Body):
    """From which share of the limit left (0 to 1, inclusive) a buffer worries."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    caution_fraction: Fraction = 0.5
    critical_fraction: Fraction = 0.2


class GroupDraft(Body):
    """A group as a person describes it; what is left out is as in a new group."""

    model_config = example(name="Funded", account_ids=[])

    name: Name
    account_ids: list[Id] = Field(default=[], max_length=MOST_MEMBERS)
    currency: str | None = None
    thresholds: Thresholds = Thresholds()


class Membership(Body):
    """The account to add to a group."""

    account_id: Id


class Group(Answer):
    """A named set of one owner's accounts, judged together."""

    id: Id
    user_id: str
    name: str
    account_ids: list[Id]
    currency: str | None
    thresholds: Thresholds
    created_at: Instant
    updated_at: Instant


# --- accounts


class AppliedPreset(Body):
    """Which preset's rules an account was given, and the date they had been checked on."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    name: Name
    size: Annotated[Name, Field(description="The name of one of its sizes")]
    checked_on: Day


class AccountDraft(Body):
    """An account as a person describes it; what is left out is as in a new account."""

    model_config = example(
        number="7741",
        firm="Acme",
        starting_balance=50_000,
        time_zone="America/New_York",
        reset_time="17:00",
        rules=[
            {"kind": "daily_loss", "limit_amount": 1_000},
            {"kind": "max_loss", "limit_percent": 4, "trail": "eod_balance"},
        ],
    )

    number: Annotated[Name, Field(description="What the platform calls it; unique")]
    name: Annotated[Label, Field(description="What people call it; else its number")] = ""
    firm: Label = ""
    platform: Label = ""
    currency: str = "USD"
    starting_balance: Annotated[
        Money | None,
        Field(description="Account money, not negative; null while nobody has said it"),
    ] = None
    time_zone: Annotated[str, Field(description="An IANA zone, such as America/New_York")] = "UTC"
    reset_time: Annotated[ClockTime, Field(description="When its trading day turns")] = time(0)
    stale_after_seconds: Annotated[
        int,
        Field(
            strict=True,
            ge=1,
            le=LONGEST_STALE_AFTER,
            description="A snapshot is too old once its market has been open for so long since",
        ),
    ] = int(STALE_AFTER_API.total_seconds())
    market_hours: Annotated[
        str,
        Field(
            max_length=HOURS_LENGTH,
            description=f"When its market is open: {', '.join(NAMED_HOURS)}, or hours such as"
            " Sun 17:00-Fri 17:00 in America/New_York",
        ),
    ] = "around_the_clock"
    rules: list[AnyRule] = Field(default=[])
    preset: Annotated[
        AppliedPreset | None, Field(description="Where its rules come from; null: said by hand")
    ] = None


class Account(Answer):
    """One trading account in one currency."""

    id: Id
    user_id: str
    number: str
    name: str
    firm: str
    platform: str
    currency: str
    starting_balance: Number
    time_zone: str
    reset_time: ClockTime
    stale_after_seconds: Annotated[Seconds, Field(validation_alias="stale_after")]
    market_hours: Annotated[str, BeforeValidator(str)]
    rules: list[AnyRule]
    preset: AppliedPreset | None
    created_at: Instant
    updated_at: Instant


# --- events


class EventDraft(Body):
    """What has happened to an account besides trading."""

    model_config = example(
        kind="payout", happened_at="2026-03-02T14:00:00Z", amount=1_500, origin="Payout 3"
    )

    kind: EventKind
    happened_at: Instant
    amount: Annotated[
        Money | None,
        Field(
            description="Account money: what was put in, taken or paid out (above zero), the new"
            " starting balance, the peak or the floor; a reset may leave it out"
        ),
    ] = None
    origin: Annotated[
        str, Field(max_length=ORIGIN_LENGTH, description="Where the figure comes from: one line")
    ] = ""


class Event(Answer):
    """What has happened to an account besides trading."""

    id: Id
    account_id: Id
    kind: EventKind
    happened_at: Instant
    amount: Number
    origin: str


# --- snapshots


def _named_one_way(schema: dict[str, Any]) -> None:
    """Say in a schema that an account is named by its id or by its number."""
    schema["examples"] = [
        {
            "account_number": "7741",
            "taken_at": "2026-03-02T15:00:00Z",
            "balance": 49_900,
            "equity": 49_812.5,
        }
    ]
    schema["oneOf"] = [{"required": ["account_id"]}, {"required": ["account_number"]}]
    for name in ("account_id", "account_number"):
        schema["properties"][name].pop("default")


class Snapshot(Body):
    """One observation of an account, named by its id or by its number."""

    model_config = ConfigDict(json_schema_extra=_named_one_way)

    account_id: Id = Field(default=UUID(int=0))
    account_number: str = Field(default="", max_length=NAME_LENGTH)
    taken_at: Instant
    balance: Money
    equity: Money
    open_contracts: Annotated[
        Contracts | None, Field(description="How many are open, long or short; null: not said")
    ] = None
    basis: Annotated[Basis, Field(description="What the equity rests on")] = Basis.EQUITY

    @model_validator(mode="after")
    def _names_one_account(self) -> Self:
        if len(self.model_fields_set & {"account_id", "account_number"}) != 1:
            raise ValueError("must name its account by one of account_id and account_number")
        return self


class SnapshotBatch(Body):
    """Several snapshots, taken together or not at all."""

    snapshots: Annotated[list[Snapshot], Field(max_length=MOST_SNAPSHOTS)]


class Recorded(Answer):
    """What became of the snapshots.

    `duplicates` were known already and changed nothing; `corrected` replaced one of the
    same account and instant.
    """

    taken: int
    duplicates: int
    corrected: int


# --- health


class Health(Answer):
    """That the desk answers, and which version it is."""

    status: Literal["ok"]
    version: str
    time: Instant
