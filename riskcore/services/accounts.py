"""Accounts: make, find, change and delete them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from math import isfinite
from uuid import UUID, uuid4

from riskcore.domain.errors import InvalidValue
from riskcore.domain.market_hours import market_hours
from riskcore.domain.model import (
    STALE_AFTER_FILES,
    Account,
    AppliedPreset,
    clean_name,
    currency_code,
)
from riskcore.domain.rules.base import Rule
from riskcore.services.desk import Desk
from riskcore.store import accounts as stored

MAX_MONEY = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDraft:
    """What a person says of an account.

    `name` empty means: as the number. `market_hours` as `domain.market_hours` reads them.
    """

    number: str
    name: str = ""
    firm: str = ""
    platform: str = ""
    currency: str = "USD"
    starting_balance: float | None = None
    time_zone: str = "UTC"
    reset_time: time = time(0, 0)
    stale_after: timedelta = STALE_AFTER_FILES
    market_hours: str = "around_the_clock"
    rules: tuple[Rule, ...] = ()
    preset: AppliedPreset | None = None


def draft_of(account: Account) -> AccountDraft:
    """What a person would have said of `account` as it is."""
    said = {field.name: getattr(account, field.name) for field in fields(AccountDraft)}
    return AccountDraft(**said | {"market_hours": str(account.market_hours)})


def list_accounts(desk: Desk, user_id: str) -> list[Account]:
    """The owner's accounts, by name."""
    accounts = stored.select_accounts(desk.database, user_id)
    return sorted(accounts, key=lambda account: (account.name.casefold(), str(account.id)))


def find_account(desk: Desk, user_id: str, account_id: UUID) -> Account:
    """The owner's account; raises Missing."""
    return stored.select_account(desk.database, user_id, account_id)


def make_account(desk: Desk, user_id: str, draft: AccountDraft) -> Account:
    """A new account; raises InvalidValue, or Conflict when the number is taken."""
    account = drafted(draft, user_id, desk.clock())
    stored.insert_account(desk.database, account)
    return renew_account(desk, user_id, account.id)


def drafted(draft: AccountDraft, user_id: str, now: datetime) -> Account:
    """`draft` as an account with an id of its own, every text checked."""
    number = clean_name(draft.number, "number")
    return Account(
        id=uuid4(),
        user_id=user_id,
        number=number,
        name=clean_name(draft.name, "name") if draft.name.strip() else number,
        firm=_optional(draft.firm, "firm"),
        platform=_optional(draft.platform, "platform"),
        currency=currency_code(draft.currency),
        starting_balance=_money(draft.starting_balance),
        time_zone=draft.time_zone,
        reset_time=draft.reset_time,
        stale_after=draft.stale_after,
        market_hours=market_hours(draft.market_hours),
        rules=draft.rules,
        preset=_preset(draft.preset),
        created_at=now,
        updated_at=now,
    )


def _optional(text: str, field: str) -> str:
    return clean_name(text, field) if text.strip() else ""


def _preset(preset: AppliedPreset | None) -> AppliedPreset | None:
    if preset is None:
        return None
    name, size = clean_name(preset.name, "preset name"), clean_name(preset.size, "preset size")
    return replace(preset, name=name, size=size)


def _money(amount: float | None) -> float | None:
    if amount is None:
        return None
    if not isfinite(amount) or not 0 <= amount <= MAX_MONEY:
        raise InvalidValue("starting_balance", f"must be 0 to {MAX_MONEY:.0f}", amount)
    if round(amount, 2) != amount:
        raise InvalidValue("starting_balance", "must have at most two decimals", amount)
    return float(amount)


def change_account(desk: Desk, user_id: str, account_id: UUID, draft: AccountDraft) -> Account:
    """The account as `draft` says; its history is judged anew by its new rules.

    Its snapshots and events stay.
    """
    before = find_account(desk, user_id, account_id)
    changed = drafted(draft, user_id, desk.clock())
    account = replace(changed, id=before.id, created_at=before.created_at)
    stored.update_account(desk.database, account)
    return renew_account(desk, user_id, account_id)


def renew_account(desk: Desk, user_id: str, account_id: UUID) -> Account:
    """The account as it is stored now, its history judged anew on the board.

    Read and put while nobody else does, so that of two changes at once none is lost.
    """
    with desk.board.held():
        account = find_account(desk, user_id, account_id)
        desk.board.put_accounts([account])
    desk.ticker.notice()
    return account


def delete_account(desk: Desk, user_id: str, account_id: UUID) -> None:
    """Forget an account, its events and its snapshots; raises Conflict while it is in a group."""
    stored.delete_account(desk.database, user_id, account_id)
    desk.board.drop_account(account_id)
