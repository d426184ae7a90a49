"""Presets: the programmes whose rules this desk knows, and what an account changed of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from riskcore.domain.errors import Missing
from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.presets import Override, Preset, overrides
from riskcore.ingest.presets import read_preset
from riskcore.services.accounts import AccountDraft, change_account, draft_of, find_account
from riskcore.services.desk import Desk

PRESETS = Path(__file__).resolve().parents[2] / "data" / "presets"


@cache
def list_presets() -> tuple[Preset, ...]:
    """Every preset, by firm and programme; raises InvalidPreset for a file that is not right."""
    found = [read_preset(path) for path in sorted(PRESETS.glob("*.toml"))]
    return tuple(sorted(found, key=lambda preset: (preset.firm.casefold(), preset.name)))


def find_preset(name: str) -> Preset:
    """The preset called `name`; raises Missing."""
    for preset in list_presets():
        if preset.name == name:
            return preset
    raise Missing("preset", name)


def with_preset(draft: AccountDraft, name: str, size: str) -> AccountDraft:
    """`draft` with a preset's clock, currency and the rules of one of its sizes.

    Its starting balance stays where one is set. Raises Missing for a strange preset or size.
    """
    preset = find_preset(name)
    chosen = preset.size(size)
    start = draft.starting_balance
    return replace(
        draft,
        firm=draft.firm or preset.firm,
        currency=preset.currency,
        time_zone=preset.time_zone,
        reset_time=preset.reset_time,
        starting_balance=chosen.starting_balance if start is None else start,
        rules=chosen.rules,
        preset=AppliedPreset(name=preset.name, size=chosen.name, checked_on=preset.checked_on),
    )


def apply_preset(desk: Desk, user_id: str, account_id: UUID, name: str, size: str) -> Account:
    """The account with a preset's rules, currency and clock in place of its own.

    Raises Missing for a strange account, preset or size.
    """
    draft = draft_of(find_account(desk, user_id, account_id))
    return change_account(desk, user_id, account_id, with_preset(draft, name, size))


def standing_of(desk: Desk, user_id: str, account_id: UUID) -> PresetStanding:
    """How an account stands to its preset; raises Missing, also where it has none."""
    account = find_account(desk, user_id, account_id)
    standing = preset_standing(account, desk.clock().date())
    if standing is None:
        raise Missing("preset of account", account.number)
    return standing


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetStanding:
    """How an account stands to the preset it was given.

    `preset` None: it is not there any more. `age` is how long ago its source was read for
    the rules the account has; `is_newer`: the preset has been checked again since.
    """

    applied: AppliedPreset
    preset: Preset | None
    overrides: tuple[Override, ...]
    age: timedelta
    is_newer: bool


def preset_standing(account: Account, today: date) -> PresetStanding | None:
    """How `account` stands to its preset; None without one."""
    applied = account.preset
    if applied is None:
        return None
    preset = next((one for one in list_presets() if one.name == applied.name), None)
    sizes = {size.name: size for size in preset.sizes} if preset else {}
    theirs = sizes[applied.size].rules if applied.size in sizes else ()
    return PresetStanding(
        applied=applied,
        preset=preset,
        overrides=tuple(overrides(theirs, account.rules)) if theirs else (),
        age=timedelta(days=max(0, (today - applied.checked_on).days)),
        is_newer=preset is not None and preset.checked_on > applied.checked_on,
    )
