"""Session: which desk a page works on, and for whom."""

from __future__ import annotations

from riskcore.services.desk import LOCAL_USER, Desk, the_desk


def session() -> tuple[Desk, str]:
    """The desk of this process and the owner this visitor acts for."""
    return the_desk(), LOCAL_USER
