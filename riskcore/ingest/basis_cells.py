"""Basis cells: what the equity of a row rests on."""

from __future__ import annotations

from functools import lru_cache

from riskcore.domain.model import Basis
from riskcore.ingest.refusals import BadCell

WORDS = [basis.value for basis in Basis]
UNSAID = WORDS.index(Basis.EQUITY)


@lru_cache(maxsize=4096)
def basis_code(text: str) -> int:
    """The code of the basis that a cell names; a blank one says nothing else than equity.

    Raises BadCell.
    """
    word = text.strip().lower()
    if not word:
        return UNSAID
    if word not in WORDS:
        raise BadCell(f"is not one of {', '.join(WORDS)}")
    return WORDS.index(word)
