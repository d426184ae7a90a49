"""Live: parts of a page that draw themselves anew, alone, so that nothing else flickers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from riskcore.ui.door import door

P = ParamSpec("P")

REFRESH_SECONDS = 1.5


def live(draw: Callable[P, None]) -> Callable[P, None]:
    """`draw`, drawn again every few moments; what the desk refuses is shown in its place."""

    @st.fragment(run_every=REFRESH_SECONDS)
    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        with door():
            draw(*args, **kwargs)

    return drawn
