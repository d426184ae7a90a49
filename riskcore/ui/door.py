"""Door: what the desk refuses becomes a sentence on the page, here and nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import streamlit as st

from riskcore.domain.errors import RiskError
from riskcore.ui.words import escape, sentence

T = TypeVar("T")

SAID = "said"

log = logging.getLogger(__name__)


@contextmanager
def door() -> Iterator[None]:
    """Show what is refused inside as a sentence, at the place where it happened."""
    try:
        yield
    except RiskError as refusal:
        st.error(escape(sentence(str(refusal))), icon=":material/block:")


def attempt(verb: Callable[[], T], said: str, then: Callable[[T], None] | None = None) -> None:
    """Do `verb`; once done, draw the page anew and say so, else show why it was refused.

    `then` is given what `verb` returned, before the page is drawn anew.
    """
    with door():
        with st.spinner("Working …"):
            result = verb()
        if then is not None:
            then(result)
        st.session_state[SAID] = said
        st.rerun()


def say_what_was_done() -> None:
    """Say, once, what the last act did."""
    if SAID in st.session_state:
        st.toast(escape(st.session_state.pop(SAID)), icon=":material/check:")


def on_script_error(error: BaseException) -> bool:
    """Say that a page failed; what happened goes to the log, not to the visitor."""
    log.error("a page failed", exc_info=error)
    st.error(
        "This page failed, and nothing was changed by it. Reload it; if it fails again, the "
        "log of the desk says why.",
        icon=":material/build:",
    )
    return True
