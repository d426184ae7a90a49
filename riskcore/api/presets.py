"""Presets: which there are, and the one an account has."""

from __future__ import annotations

from fastapi import APIRouter

from riskcore.api import preset_bodies, schemas
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.values import Id
from riskcore.domain.model import Account
from riskcore.domain.presets import Preset
from riskcore.services import presets

router = APIRouter(tags=["presets"])


@router.get(
    "/presets",
    response_model=schemas.Page[preset_bodies.PresetSummary],
    responses=problems(422),
)
def list_presets(user_id: User, limit: Limit = 100, cursor: Cursor = None) -> PageOf:
    """The programmes whose rules this desk knows, by firm."""
    return page(presets.list_presets(), place, limit, cursor)


@router.get("/presets/{name}", response_model=preset_bodies.Preset, responses=problems(404, 422))
def find_preset(name: str, user_id: User) -> Preset:
    """One programme: its rules for each size, their source, and what is open about them."""
    return presets.find_preset(name)


@router.get(
    "/accounts/{account_id}/preset",
    response_model=preset_bodies.PresetStanding,
    responses=problems(404, 422),
)
def preset_of_account(account_id: Id, desk: TheDesk, user_id: User) -> preset_bodies.PresetStanding:
    """The account's preset, how old its check is, and what the account has otherwise."""
    return preset_bodies.standing_body(presets.standing_of(desk, user_id, account_id))


@router.put(
    "/accounts/{account_id}/preset",
    response_model=schemas.Account,
    responses=problems(404, 409, 422),
)
def apply_preset(
    account_id: Id, chosen: preset_bodies.ChosenPreset, desk: TheDesk, user_id: User
) -> Account:
    """Give an account a preset's rules, currency and clock in place of its own."""
    return presets.apply_preset(desk, user_id, account_id, chosen.name, chosen.size)


def place(preset: Preset) -> Place:
    """Where a preset stands in the list: by firm."""
    return preset.firm.casefold(), preset.name
