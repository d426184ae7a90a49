"""What is not taken from a file: a cell, a row, or the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from riskcore.domain.errors import InvalidValue, RiskError

SHOWN_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a row was not taken; a row with two bad cells has two.

    `line` counts from 1, in the file, where the row begins. `column` is the header's name,
    "" when the reason is about the whole row. `value` is what was found, as `shown`.
    """

    line: int
    column: str
    value: str
    reason: str


class UnreadableFile(InvalidValue):
    """Nothing can be taken from the file; `str(error)` is one sentence saying why."""

    def __init__(self, sentence: str) -> None:
        self.field = "file"
        RiskError.__init__(self, sentence)


class BadCell(Exception):
    """A cell cannot be read; `str(error)` completes the sentence "the cell ..."."""


class AmbiguousCell(BadCell):
    """A cell could be read in two ways; what the rest of its column says may settle it."""


def shown(text: str) -> str:
    """`text` as it can be shown: one line, nothing hidden, at most 80 characters."""
    cut = text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + "…"
    return cut if cut.isprintable() else "".join(c if c.isprintable() else "�" for c in cut)
