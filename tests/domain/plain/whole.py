"""Whole numbers that may be unknown."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias

Cents: TypeAlias = int | None

HUNDRED = Fraction(100)


def cents(amount: float | None) -> Cents:
    """Hundredths of `amount`; None and NaN are unknown."""
    return None if amount is None or amount != amount else round(amount * 100)


def less(one: Cents, other: Cents) -> Cents:
    """`one` less `other`."""
    return None if one is None or other is None else one - other


def higher(one: Cents, other: Cents) -> Cents:
    """The higher of two, if both are known."""
    return None if one is None or other is None else max(one, other)


def lower(one: Cents, other: Cents) -> Cents:
    """The lower of two, if both are known."""
    return None if one is None or other is None else min(one, other)


def share(percent: float | None) -> Fraction:
    """A percentage as a fraction of one."""
    return Fraction(str(percent)) / HUNDRED


def part(base: Cents, percent: float | None, is_strict: bool = False) -> Cents:
    """The most that is at most (`is_strict`: less than) `percent` % of `base`."""
    if base is None or percent is None:
        return None
    exact = base * share(percent)
    return ceil(exact) - 1 if is_strict else floor(exact)


def amount_or_part(amount: float | None, percent: float | None, base: Cents) -> Cents:
    """The amount where it is given, else that part of `base`; a part of nothing is unknown."""
    if amount is not None:
        return cents(amount)
    return part(base, percent) or None
