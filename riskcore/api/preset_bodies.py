"""Presets as JSON writes them: programmes, their sizes and rules, and what an account changed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from riskcore.api.rule_bodies import AnyRule, written_rule
from riskcore.api.schemas import AppliedPreset
from riskcore.api.shapes import Answer, Body, Name
from riskcore.api.values import ClockTime
from riskcore.domain.presets import Trust
from riskcore.domain.rules.base import Rule
from riskcore.services import presets


class PresetSummary(Answer):
    """A firm programme whose rules this desk knows."""

    name: str
    firm: str
    programme: str
    checked_on: Annotated[date, Field(description="When its source was last read")]
    trust: Annotated[Trust, Field(description="Of the weakest source that a rule rests on")]


class PresetSize(Answer):
    """One account size and its rules."""

    name: str
    starting_balance: float
    rules: list[AnyRule]


class Preset(PresetSummary):
    """A programme's rules by size, where they are from, and what is open about them."""

    source: list[str]
    doubts: list[str]
    not_modelled: Annotated[
        list[str], Field(description="Rules of the firm that this desk cannot watch")
    ]
    currency: str
    time_zone: str
    reset_time: ClockTime
    sizes: list[PresetSize]


class ChosenPreset(Body):
    """The preset and size whose rules an account is to have."""

    name: Name
    size: Name


def plain(value: Any) -> Any:
    """A parameter, or a whole rule, as it is written."""
    written = written_rule(value)
    if isinstance(value, Rule) or not isinstance(written, tuple):
        return written
    return [list(pair) for pair in written]


class Override(Answer):
    """A parameter that the account has otherwise; "" is the whole rule, null is none."""

    kind: str
    parameter: str
    preset: Annotated[Any, BeforeValidator(plain)]
    account: Annotated[Any, BeforeValidator(plain)]


class PresetStanding(Answer):
    """How an account stands to its preset."""

    applied: AppliedPreset
    age_days: Annotated[int, Field(description="Since its source was read")]
    is_newer: Annotated[bool, Field(description="The preset has been checked again since")]
    overrides: list[Override]
    not_modelled: list[str]


def standing_body(standing: presets.PresetStanding) -> PresetStanding:
    """`standing` as it is sent."""
    preset = standing.preset
    return PresetStanding(
        applied=AppliedPreset.model_validate(standing.applied),
        age_days=standing.age.days,
        is_newer=standing.is_newer,
        overrides=[Override.model_validate(one) for one in standing.overrides],
        not_modelled=list(preset.not_modelled) if preset else [],
    )
