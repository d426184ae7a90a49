"""Markup: the few things that Markdown cannot say, as HTML; a name is text in it."""

from __future__ import annotations

from datetime import datetime
from html import escape as text

from riskcore.domain.reasons import instant_text
from riskcore.domain.status import Status
from riskcore.ui.words import LOOKS

NO_DATA = "no data yet"


def icon(name: str) -> str:
    """An icon by its Markdown name, `:material/error:`; nothing to those who cannot see it."""
    return f'<span class="wl-icon" aria-hidden="true" translate="no">{_bare(name)}</span>'


def _bare(name: str) -> str:
    return name.strip(":").removeprefix("material/")


def mark(status: Status) -> str:
    """A status: icon, word and colour."""
    return f'<span class="wl-mark wl-{status.word}">{icon(LOOKS[status].icon)} {status.name}</span>'


def age(taken_at: datetime | None) -> str:
    """An instant which the browser turns into its age and counts up: `3 s ago`.

    Where nothing counts, it is the instant that stays true.
    """
    if taken_at is None:
        return NO_DATA
    instant = taken_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f'<time class="wl-age" datetime="{instant}">{instant_text(taken_at)}</time>'


__all__ = ["NO_DATA", "age", "icon", "mark", "text"]
