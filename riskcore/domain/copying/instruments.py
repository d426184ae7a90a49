"""Instruments: what a move of the market is worth, in points and in ticks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from riskcore.domain.errors import InvalidValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A market: `point_value` is what one contract wins on one point, in its currency.

    `tick_size` in points is the smallest move. `source` says who says so.
    """

    symbol: str
    name: str
    currency: str
    point_value: Fraction
    tick_size: Fraction
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("point_value", "tick_size"):
            if getattr(self, name) <= 0:
                raise InvalidValue(f"{self.symbol} {name}", "must be above 0", getattr(self, name))

    @property
    def tick_cents(self) -> Fraction:
        """What one contract wins on one tick, in cents."""
        return self.point_value * self.tick_size * 100

    def ticks(self, points: Fraction) -> int:
        """How many ticks so many points are; raises InvalidValue for a part of a tick."""
        ticks = points / self.tick_size
        if ticks.denominator != 1 or ticks <= 0:
            allowed = f"must be whole ticks of {float(self.tick_size):g} points"
            raise InvalidValue("stop_points", allowed, f"{float(points):g}")
        return int(ticks)
