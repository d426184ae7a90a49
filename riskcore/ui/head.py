"""Head: a page's title, and beside it how the data of what it shows comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import numpy as np
import streamlit as st

from riskcore.domain.days import NO_DAY, microsecond
from riskcore.domain.feed import Feed, FeedState, feed_of, feed_words
from riskcore.domain.model import Account
from riskcore.services.risk import GroupView
from riskcore.ui.live import Watch
from riskcore.ui.markup import icon, text

LOST = "lost"
"""The desk cannot be heard: only the browser can know."""

ICONS: Mapping[str, str] = {
    FeedState.LIVE: "sensors",
    FeedState.BEHIND: "schedule",
    FeedState.SILENT: "sensors_off",
    FeedState.CLOSED: "bedtime",
    FeedState.NO_DATA: "help",
    LOST: "cloud_off",
}


def draw_head(title: str, watch: Watch) -> None:
    """The title of a page and the feed of the groups that it is about."""
    with st.container(horizontal=True, vertical_alignment="center", key="head"):
        st.title(title, anchor=False, width="content")
        draw_feed(watch)


def draw_feed(watch: Watch) -> None:
    """The feed as the page is drawn; push.js goes on with it. Nothing without a group."""
    if views := watch.about():
        now = watch.desk.clock()
        st.html(feed_html(feed_of_groups(views, now), now), width="content")


def feed_html(feed: Feed, now: datetime) -> str:
    """A feed: icon, words and colour."""
    words = f'<span class="wl-words">{text(feed_words(feed, now))}</span>'
    return f'<div class="wl-feed wl-feed-{feed.state}">{icon(ICONS[feed.state])} {words}</div>'


def feed_of_groups(views: Iterable[GroupView], now: datetime) -> Feed:
    """The feed of every account in these groups, each once."""
    accounts: dict[UUID, Account] = {}
    taken_us: dict[UUID, int] = {}
    for view in views:
        for member in view.evaluation.members:
            accounts[member.account_id] = view.accounts[member.account_id]
            taken_us[member.account_id] = _microsecond(member.taken_at)
    return feed_of(list(accounts.values()), np.array(list(taken_us.values()), dtype=np.int64), now)


def _microsecond(instant: datetime | None) -> int:
    return NO_DAY if instant is None else microsecond(instant)
