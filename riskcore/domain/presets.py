"""Presets: a firm programme's rules as data, with their source and how far it is trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from enum import StrEnum
from typing import Any

from riskcore.domain.errors import Missing
from riskcore.domain.rules.base import Rule


class Trust(StrEnum):
    """Who says so, from the firm itself down to a source that is in doubt.

    Of a preset: the weakest that one of its rules rests on.
    """

    FIRM = "firm"
    DATASET = "dataset"
    THIRD_PARTY = "third_party"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetSize:
    """One account size of a programme, in the programme's currency, and its rules."""

    name: str
    starting_balance: float
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetExample:
    """Steps and what must come out of one rule of one size, as published or by arithmetic."""

    size: str
    rule: str
    steps: Sequence[Mapping[str, Any]]
    expected: Mapping[str, Any]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One programme's rules by size.

    `name` is the file's; `checked_on` is the day on which the source was last read.
    `doubts` are open questions, `not_modelled` rules of the firm that this desk cannot
    express; both are sentences.
    """

    name: str
    firm: str
    programme: str
    source: tuple[str, ...]
    checked_on: date
    trust: Trust
    doubts: tuple[str, ...]
    not_modelled: tuple[str, ...]
    currency: str
    time_zone: str
    reset_time: time
    sizes: tuple[PresetSize, ...]
    example: PresetExample

    @property
    def title(self) -> str:
        """Firm and programme, as people call it."""
        return f"{self.firm}: {self.programme}"

    def size(self, name: str) -> PresetSize:
        """The size called `name`; raises Missing."""
        for size in self.sizes:
            if size.name == name:
                return size
        raise Missing(f"size of {self.title}", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Where an account's rules are not the preset's; None: it has no such rule or parameter."""

    kind: str
    parameter: str
    preset: Any
    account: Any


def overrides(preset: Sequence[Rule], account: Sequence[Rule]) -> list[Override]:
    """What of the `account`'s rules differs from the `preset`'s, in the preset's order.

    A rule that only one of them has is one override, of the parameter "".
    """
    theirs, own = ({rule.kind: rule for rule in rules} for rules in (preset, account))
    found = []
    for kind in dict.fromkeys([*theirs, *own]):
        if kind not in own or kind not in theirs:
            found.append(
                Override(kind=kind, parameter="", preset=theirs.get(kind), account=own.get(kind))
            )
        else:
            found += _differences(theirs[kind], own[kind])
    return found


def _differences(preset: Rule, account: Rule) -> list[Override]:
    return [
        Override(
            kind=preset.kind,
            parameter=field.name,
            preset=getattr(preset, field.name),
            account=getattr(account, field.name),
        )
        for field in fields(preset)
        if getattr(preset, field.name) != getattr(account, field.name)
    ]
