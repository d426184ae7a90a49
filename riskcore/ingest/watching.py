"""Watching: how far a long reading is, and whether anybody still wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from riskcore.domain.errors import RiskError

Watch: TypeAlias = Callable[[float], None]
"""Told the share that is done, 0 to 1, every few thousand rows; may raise Cancelled."""


class Cancelled(RiskError):
    """Somebody has called the work off; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("the upload was cancelled: nothing was changed")


def nobody(_: float) -> None:
    """Nobody watches."""
