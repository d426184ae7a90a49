"""Process: opens the desk when the server starts, and closes it when the server stops."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from riskcore.domain.errors import StoreUnavailable
from riskcore.services.desk import database_path, run_desk, stop_desk
from riskcore.services.jobs import call_off_all

UNAVAILABLE = 2
"""The exit code when the database cannot be used."""

# Streamlit serves files of a folder called `pages` by itself until the router has run once, past
# whatever the router checks first. Private name, pinned; tests/ui watches it.
PagesManager.uses_pages_directory = False


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """The desk is open while the server runs."""
    try:
        run_desk(database_path())
    except StoreUnavailable as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        # An exception here would end in a traceback and an exit code of the server's choosing.
        os._exit(UNAVAILABLE)
    settle_memory()
    try:
        yield
    finally:
        call_off_all()
        stop_desk()


def settle_memory() -> None:
    """Let the collector of garbage pass over what is there once the desk has started.

    Modules and stored accounts stay for good; visiting all of them held up every call by a
    tenth of a second, several times a second when much is posted.
    """
    gc.collect()
    gc.freeze()
