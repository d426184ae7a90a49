"""The shapes of what comes in and goes out, in the words of the domain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from riskcore.api.rule_bodies import AnyRule
from riskcore.api.values import (
    ClockTime,
    Fraction,
    Id,
    Instant,
    Money,
    Number,
    Seconds,
    StatusWord,
    status_word,
)
from riskcore.domain.model import MAX_STALE_AFTER, NAME_LENGTH, STALE_AFTER_API
from riskcore.domain.status import Status

Item = TypeVar("Item")

MOST_MEMBERS = 1_000
MOST_SNAPSHOTS = 5_000
LONGEST_STALE_AFTER = int(MAX_STALE_AFTER.total_seconds())

Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
Label = Annotated[str, Field(max_length=NAME_LENGTH)]


class Body(BaseModel):
    """What comes in: a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """What goes out, read off the domain's values."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """The example the documentation page begins with."""
    return ConfigDict(json_schema_extra={"examples": [values]})


class Page(Answer, Generic[Item]):
    """Part of a list; `next_cursor` asks for the rest and is null at the end."""

    items: list[Item]
    next_cursor: str | None


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
    account_ids: Annotated[list[Id], Field(max_length=MOST_MEMBERS)] = []
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
    stale_after_seconds: Annotated[int, Field(strict=True, ge=1, le=LONGEST_STALE_AFTER)] = int(
        STALE_AFTER_API.total_seconds()
    )
    rules: list[AnyRule] = []


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
    rules: list[AnyRule]
    created_at: Instant
    updated_at: Instant


# --- risk


class RuleState(Answer):
    """One rule's answer, for one account or for the weakest of a group; null is unknown."""

    rule: str
    status: StatusWord
    reason: str
    basis: str
    buffer: Number
    buffer_percent: Number
    limit_amount: Number
    floor: Number
    measured: Number
    violated_at: Instant | None
    is_upper_bound: bool
    buffer_account_id: Id | None
    percent_account_id: Id | None
    status_account_id: Id | None


class AccountRisk(Answer):
    """One account at one instant: its worst status, the rule that decides, each rule."""

    account_id: Id
    status: StatusWord
    reason: str
    taken_at: Instant | None
    is_stale: bool
    balance: Number
    equity: Number
    deciding_rule: str | None
    rule_states: dict[str, RuleState]


def counts_by_word(value: Any) -> Any:
    """Members by status word, every status named."""
    if not isinstance(value, Mapping):
        return value
    counted = {status_word(status): count for status, count in value.items()}
    return {status.word: counted.get(status.word, 0) for status in Status}


class GroupRiskEvaluation(Answer):
    """A group's answer at one instant: its status, and the weakest account that sets it."""

    group_id: Id
    overall_status: StatusWord
    weakest_account_id: Id | None
    weakest_rule: str | None
    rule_states: dict[str, RuleState]
    timestamp: Instant
    as_of: Instant
    reason: str
    currency: str | None
    buffer: Number
    buffer_percent: Number
    is_upper_bound: bool
    oldest_taken_at: Instant | None
    latest_taken_at: Instant | None
    members_by_status: Annotated[dict[StatusWord, int], BeforeValidator(counts_by_word)]
    unknown_account_ids: list[Id]
    stale_account_ids: list[Id]
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


# --- uploads


class Refusal(Answer):
    """A row that was not imported: where, what was found, and why.

    `line` counts from 1 in the file; `column` is "" when it is the whole row.
    """

    line: int
    column: str
    value: str
    reason: str


class Upload(Answer):
    """A file that was imported, and what became of its rows."""

    id: Id
    user_id: str
    file_name: str
    digest: str
    rows_read: int
    taken: int
    refused: int
    duplicates: int
    corrected: int
    created_at: Instant


class UploadDetail(Upload):
    """An upload with its first 1,000 refusals."""

    refusals: list[Refusal]


class NamedAccount(Answer):
    """An account by its id and its number."""

    id: Id
    number: str


class UploadAnswer(UploadDetail):
    """An upload with its first 1,000 refusals and the accounts it made."""

    new_accounts: list[NamedAccount]


# --- health


class Health(Answer):
    """That the desk answers, and which version it is."""

    status: Literal["ok"]
    version: str
    time: Instant
