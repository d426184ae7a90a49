"""What a caller can get wrong, each with its sentence.

RiskError
├── InvalidValue      a value outside what is allowed (what, found, allowed)
├── Missing           an object that is not there, or is somebody else's
├── Conflict          an act the present state forbids
└── StoreUnavailable  the database cannot be opened or written
"""

from __future__ import annotations


class RiskError(Exception):
    """Anything this desk refuses; `str(error)` is a sentence for the person."""


class InvalidValue(RiskError):
    """`field` is not as allowed: what was expected and what was found."""

    def __init__(self, field: str, allowed: str, found: object) -> None:
        self.field = field
        super().__init__(f"{field} {allowed}, was {found}")


class Missing(RiskError):
    """There is no such object for this owner."""

    def __init__(self, noun: str, key: object) -> None:
        self.noun = noun
        super().__init__(f"no {noun} {key}")


class Conflict(RiskError):
    """The present state forbids this act."""


class StoreUnavailable(RiskError):
    """The database cannot be opened or written now."""
