"""Choice: what a visitor has picked, kept in the URL so that a view can be sent on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import streamlit as st

from riskcore.domain.errors import Missing

NOW, LAST_DATA = "now", "last data"
AS_OF = "as_of"

NEW = "new"
"""Picked in the URL where something is to be made."""

ACCOUNTS = "accounts"

AS_OF_HELP = """\
**now**: an account without fresh data counts as unknown.
**last data**: how each group stood at its newest snapshot, however old that is."""


def choose(label: str, options: Mapping[str, str], key: str) -> str | None:
    """The value picked among `options` (value → label), the first until one is picked.

    The URL's `key` decides, and is returned even when it names none of them.
    """
    if key not in st.query_params and options:
        st.query_params[key] = next(iter(options))
    chosen: str | None = st.query_params.get(key)
    box = f"{key}-box"
    st.session_state[box] = chosen if chosen in options else None
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=box,
        on_change=_keep,
        args=(key,),
        width=360,
    )
    return chosen


def _keep(key: str) -> None:
    st.query_params[key] = st.session_state[f"{key}-box"]


def as_of_last() -> bool:
    """Whether the visitor wants the desk as of its last data, rather than as of now."""
    picked = st.segmented_control(
        "As of",
        [NOW, LAST_DATA],
        default=NOW,
        required=True,
        key=AS_OF,
        bind="query-params",
        help=AS_OF_HELP,
    )
    return picked == LAST_DATA


def as_of_link(is_last: bool) -> dict[str, str]:
    """The URL parameters that take the choice of `as_of_last` to another page."""
    return {AS_OF: LAST_DATA} if is_last else {}


def opened_tab(tabs: Mapping[str, str]) -> str:
    """The tab (URL parameter → label) whose parameter is in the URL, the last first."""
    named = [label for key, label in tabs.items() if key in st.query_params]
    return named[-1] if named else next(iter(tabs.values()))


def open_object(key: str, value: UUID | str) -> None:
    """Pick `value` (an id, or NEW) on this page from the next drawing on."""
    st.query_params[key] = str(value)
    st.query_params.pop(ACCOUNTS, None)


def proposed_accounts() -> tuple[UUID, ...]:
    """The accounts another page proposes for a new group."""
    listed = st.query_params.get(ACCOUNTS, "").split(",")
    return tuple(object_id(text, "account") for text in listed if text)


def propose_group(account_ids: Iterable[UUID]) -> dict[str, str]:
    """The URL parameters that propose a new group of these accounts."""
    return {"group": NEW, ACCOUNTS: ",".join(str(account_id) for account_id in account_ids)}


def object_id(text: str, noun: str) -> UUID:
    """The id in a URL; raises Missing where there is none."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing(noun, text) from error
