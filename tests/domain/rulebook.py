"""What the rulebook's tests share: accounts, what was seen of them, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd

from riskcore.domain.evaluate import evaluate_group
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import (
    Account,
    AccountGroup,
    AccountRisk,
    Basis,
    GroupRiskEvaluation,
    RuleState,
)
from riskcore.domain.observe import observe
from riskcore.domain.risks import account_risks
from riskcore.domain.rules.base import Rule
from riskcore.domain.standing import Standing, advance, timeline_of, unobserved
from riskcore.domain.states import RuleTable, rule_table
from riskcore.domain.status import Status, Thresholds

MADE = datetime(2026, 1, 1, tzinfo=UTC)
STANDARD = Thresholds()
MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

Seen = tuple[datetime, float, float, *tuple[object, ...]]
"""One snapshot: when (aware), balance, equity; further what is said of contracts and basis."""

UNSAID = (float("nan"), Basis.EQUITY)
"""The contracts and the basis of a snapshot that says nothing of them."""


def account(*rules: Rule, number: int = 7741, **fields: object) -> Account:
    """An account of 50,000 USD whose day turns at midnight UTC, but for `fields`."""
    values: dict[str, object] = {"name": str(number), "starting_balance": 50_000.0}
    return Account(
        id=UUID(int=number),
        user_id="local",
        number=str(number),
        rules=rules,
        created_at=MADE,
        updated_at=MADE,
        **values | fields,
    )


def group(*accounts: Account, **fields: object) -> AccountGroup:
    """A group of `accounts`."""
    return AccountGroup(
        id=UUID(int=1),
        user_id="local",
        name="Desk",
        account_ids=tuple(sorted(member.id for member in accounts)),
        created_at=MADE,
        updated_at=MADE,
        **fields,
    )


def event(
    kind: str, at: datetime, amount: float | None = None, *, origin: str = "", number: int = 7741
) -> AccountEvent:
    """What happened to the account with this number, at `at`."""
    return AccountEvent(
        id=UUID(int=int(at.timestamp())),
        account_id=UUID(int=number),
        kind=EventKind(kind),
        happened_at=at,
        amount=amount,
        origin=origin,
    )


def frame(accounts: Iterable[Account], seen: Mapping[UUID, Iterable[Seen]]) -> pd.DataFrame:
    """What was seen of `accounts` as SNAPSHOTS."""
    members = sorted(accounts, key=lambda one: str(one.id))
    rows = [
        (position, row[0].astimezone(UTC), *row[1:], *UNSAID[len(row) - 3 :])
        for position, member in enumerate(members)
        for row in sorted(seen.get(member.id, ()), key=lambda row: row[0])
    ]
    columns = list(zip(*rows, strict=True)) or [()] * 6
    return pd.DataFrame(
        {
            "account": pd.Series(columns[0], dtype="int64"),
            "taken_at": pd.DatetimeIndex(pd.to_datetime(list(columns[1]), utc=True)).as_unit("us"),
            "balance": pd.Series(columns[2], dtype="float64"),
            "equity": pd.Series(columns[3], dtype="float64"),
            "open_contracts": pd.Series(columns[4], dtype="float64"),
            "basis": pd.Series([list(Basis).index(one) for one in columns[5]], dtype="int64"),
        }
    )


def stand(accounts: Iterable[Account], seen: Mapping[UUID, Iterable[Seen]]) -> Standing:
    """Where `accounts` stand after all that was seen of them."""
    members = list(accounts)
    return advance(unobserved(members), frame(members, seen))


def advanced(one: Account, *pieces: list[Seen]) -> Standing:
    """Where an account stands after these pieces of its history, taken in one after another."""
    standing = unobserved([one])
    for piece in pieces:
        standing = advance(standing, frame([one], {one.id: piece}))
    return standing


def risks(
    accounts: Iterable[Account],
    seen: Mapping[UUID, Iterable[Seen]],
    as_of: datetime,
    thresholds: Thresholds = STANDARD,
) -> dict[UUID, AccountRisk]:
    """Every account's answer at `as_of`, by its id."""
    answers = account_risks(observe(stand(accounts, seen), as_of), thresholds)
    return {answer.account_id: answer for answer in answers}


def risk(
    history: list[Seen],
    *rules: Rule,
    as_of: datetime | None = None,
    thresholds: Thresholds = STANDARD,
    **fields: object,
) -> AccountRisk:
    """The answer of one account with this history, at its last snapshot or `as_of`."""
    one = account(*rules, **fields)
    return risks([one], {one.id: history}, as_of or history[-1][0], thresholds)[one.id]


def state(history: list[Seen], rule: Rule, **fields: object) -> RuleState:
    """One rule's answer for an account with this history, at its last snapshot."""
    return risk(history, rule, **fields).rule_states[rule.kind]


def table(history: list[Seen], rule: Rule, **fields: object) -> RuleTable:
    """The rule's answer for every row of this history."""
    standing = unobserved([account(rule, **fields)])
    rows = timeline_of(standing, frame(standing.accounts, {standing.accounts[0].id: history}))
    return rule_table(rows, standing.book)


def floors(history: list[Seen], rule: Rule, **fields: object) -> list[float]:
    """The rule's floor at every row of this history."""
    return table(history, rule, **fields).floor[rule.kind].tolist()


def buffers(history: list[Seen], rule: Rule, **fields: object) -> list[float]:
    """The rule's buffer at every row of this history."""
    return table(history, rule, **fields).buffer[rule.kind].tolist()


def met(history: list[Seen], rule: Rule, **fields: object) -> list[bool | None]:
    """Whether the goal was reached after each row of this history."""
    return [state(history[: row + 1], rule, **fields).is_met for row in range(len(history))]


def statuses(history: list[Seen], rule: Rule, **fields: object) -> list[Status]:
    """The rule's status after each row of this history."""
    return [state(history[: row + 1], rule, **fields).status for row in range(len(history))]


def evaluation(
    accounts: Iterable[Account],
    seen: Mapping[UUID, Iterable[Seen]],
    as_of: datetime = MONDAY_NOON,
    **fields: object,
) -> GroupRiskEvaluation:
    """The answer of a group of `accounts` at `as_of`."""
    members = list(accounts)
    return evaluate_group(
        group(*members, **fields), stand(members, seen), as_of=as_of, timestamp=as_of
    )


def now(balance: float, equity: float | None = None, ago: timedelta = timedelta()) -> list[Seen]:
    """One snapshot on Monday at noon, or `ago` before it."""
    return [(MONDAY_NOON - ago, balance, balance if equity is None else equity)]
