"""Guesses: the firm and the preset that an account's number and first balance speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from riskcore.services.presets import list_presets


@dataclass(frozen=True, slots=True)
class Guess:
    """What a new account may be; a proposal, never a fact.

    `presets`: name and size of those of the firm that fit, by name.
    """

    firm: str
    presets: tuple[tuple[str, str], ...]


PATTERNS: tuple[tuple[str, str, str], ...] = (
    (r"PA-?APEX|PA-[A-Z]", "Apex Trader Funding", "performance"),
    (r"APEX", "Apex Trader Funding", "evaluation"),
    (r"LFE", "Lucid Trading", ""),
    (r"LFF", "Lucid Trading", ""),
    (r"TPTPRO|TAKEPROFITPRO", "Take Profit Trader", "pro"),
    (r"TPT|TAKEPROFIT", "Take Profit Trader", "test"),
    (r"[0-9]+KTC\b", "Topstep", "combine"),
    (r"EXPRESS|XFA", "Topstep", "express"),
    (r"FTDFY|TDFY", "Tradeify", ""),
    (r"MFFU", "MyFundedFutures", ""),
)
"""How account numbers of a firm begin, the firm, and a word of the programme's name."""


def guess_of(number: str, first_balance: float | None) -> Guess | None:
    """What an account with this number and first balance may be; None when nothing tells."""
    for pattern, firm, word in PATTERNS:
        if re.match(pattern, number, re.IGNORECASE):
            return Guess(firm, _presets(firm, word, first_balance))
    return None


def _presets(firm: str, word: str, first_balance: float | None) -> tuple[tuple[str, str], ...]:
    """The firm's presets with that word in their names, and their size of that balance."""
    return tuple(
        (preset.name, size.name)
        for preset in list_presets()
        if preset.firm == firm and word in preset.name
        for size in preset.sizes
        if first_balance is not None and size.starting_balance == first_balance
    )
