"""Accounts: make, read, change, delete; their risk."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from riskcore.api import risk_bodies, schemas
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.values import Id
from riskcore.domain.model import Account, AccountRisk, AppliedPreset
from riskcore.services import accounts, risk

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.post("", status_code=201, response_model=schemas.Account, responses=problems(409, 422))
def make_account(
    draft: schemas.AccountDraft, desk: TheDesk, user_id: User, response: Response
) -> Account:
    """Make an account."""
    account = accounts.make_account(desk, user_id, drafted(draft))
    response.headers["Location"] = f"/api/v1/accounts/{account.id}"
    return account


@router.get("", response_model=schemas.Page[schemas.Account], responses=problems(422))
def list_accounts(
    desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None
) -> PageOf:
    """The accounts, by name."""
    return page(accounts.list_accounts(desk, user_id), place, limit, cursor)


@router.get("/{account_id}", response_model=schemas.Account, responses=problems(404, 422))
def find_account(account_id: Id, desk: TheDesk, user_id: User) -> Account:
    """One account."""
    return accounts.find_account(desk, user_id, account_id)


@router.put("/{account_id}", response_model=schemas.Account, responses=problems(404, 409, 422))
def change_account(
    account_id: Id, draft: schemas.AccountDraft, desk: TheDesk, user_id: User
) -> Account:
    """Replace what an account is; its snapshots and events stay."""
    return accounts.change_account(desk, user_id, account_id, drafted(draft))


@router.delete("/{account_id}", status_code=204, responses=problems(404, 409, 422))
def delete_account(account_id: Id, desk: TheDesk, user_id: User) -> None:
    """Delete an account, its events and its snapshots; refused while it is in a group."""
    accounts.delete_account(desk, user_id, account_id)


@router.get(
    "/{account_id}/risk", response_model=risk_bodies.AccountRisk, responses=problems(404, 422)
)
def evaluate_account(account_id: Id, desk: TheDesk, user_id: User) -> AccountRisk:
    """What the account can lose before each of its rules breaks."""
    return risk.evaluate_account(desk, user_id, account_id)


def drafted(draft: schemas.AccountDraft) -> accounts.AccountDraft:
    """The draft as the services take it; raises InvalidValue."""
    return accounts.AccountDraft(
        number=draft.number,
        name=draft.name,
        firm=draft.firm,
        platform=draft.platform,
        currency=draft.currency,
        starting_balance=draft.starting_balance,
        time_zone=draft.time_zone,
        reset_time=draft.reset_time,
        stale_after=timedelta(seconds=draft.stale_after_seconds),
        market_hours=draft.market_hours,
        rules=tuple(body.rule() for body in draft.rules),
        preset=AppliedPreset(**draft.preset.model_dump()) if draft.preset else None,
    )


def place(account: Account) -> Place:
    """Where an account stands in the list: by name."""
    return account.name.casefold(), str(account.id)
