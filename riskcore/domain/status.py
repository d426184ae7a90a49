"""Status: how worried to be, and from which share of the limit on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from riskcore.domain.errors import InvalidValue


class Status(IntEnum):
    """How worried to be, in rising order; the status of many is the `max` of theirs.

    UNKNOWN outranks SAFE, so nothing is called safe on missing data, and ranks below
    the rest, so missing data never hides a known danger.
    """

    SAFE = 0
    UNKNOWN = 1
    CAUTION = 2
    CRITICAL = 3
    VIOLATED = 4

    @property
    def word(self) -> str:
        """The name as the database, the API and the pages write it: lower case."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Status:
        """The status a lower-case word names; raises KeyError for any other word."""
        return cls[word.upper()]


def worst(statuses: Iterable[Status]) -> Status:
    """The highest of `statuses`; of none at all, UNKNOWN."""
    return max(statuses, default=Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which share of the limit on a buffer is caution or critical.

    Fractions (0–1) of `limit_amount` left, inclusive: a buffer of exactly half the
    limit is caution at 0.5.
    """

    caution_fraction: float = 0.5
    critical_fraction: float = 0.2

    def __post_init__(self) -> None:
        for name in ("caution_fraction", "critical_fraction"):
            fraction = getattr(self, name)
            if not 0 <= fraction <= 1:
                raise InvalidValue(name, "must be between 0 and 1", fraction)
        if self.critical_fraction > self.caution_fraction:
            raise InvalidValue(
                "critical_fraction",
                f"must not be above caution_fraction ({self.caution_fraction:g})",
                self.critical_fraction,
            )
