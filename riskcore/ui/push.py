"""Push: the piece of a page that listens to the desk and asks to look when something changed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import streamlit as st

from riskcore.domain.feed import LIVE_BELOW, feed_words
from riskcore.ui.head import ICONS, feed_of_groups
from riskcore.ui.live import FACTS, Watch, look, page_is_whole
from riskcore.ui.markup import text

KEY = "push"
FILES = ("counting.js", "wire.js", "push.js")

_component = st.components.v2.component(
    "weakest_link_push",
    html='<div class="said" role="status" aria-live="polite"></div>',
    css=".said { position: absolute; width: 1px; height: 1px; overflow: hidden;\n }",
    js="\n".join(Path(__file__).with_name(name).read_text("utf-8") for name in FILES),
)


def keep_live(watch: Watch, page: str) -> None:
    """Keep the parts of this page up to date; `page` is the last word of its address.

    The last thing that a page does.
    """

    @st.fragment(key=FACTS)
    def tell() -> None:
        st.html(f'<i class="wl-facts" data-facts="{text(_json(facts(watch)))}" hidden></i>')

    tell()
    under = st.get_option("server.baseUrlPath").strip("/")
    _component(key=KEY, data={"page": page, "under": under}, on_look_change=partial(_look, watch))
    page_is_whole()


def _json(values: object) -> str:
    """JSON without `<` and `>`: of an attribute that looks like markup nothing would be left."""
    written = json.dumps(values, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e")


def _look(watch: Watch) -> None:
    said = st.session_state.get(KEY)
    if said is not None:  # else the visitor has gone to another page meanwhile
        look(watch, said.look)


def facts(watch: Watch) -> dict[str, object]:
    """What push.js goes on from: the desk's clock, the feed, and which groups are where.

    `groups` are those that the page is about, with name and status; `known` are all there
    are; `order` are the keys of the cards, worst first. Instants in milliseconds since 1970.
    """
    views, now = watch.about(), watch.desk.clock()
    feed = feed_of_groups(views, now)
    newest = feed.newest_taken_at
    return {
        "now": round(now.timestamp() * 1000),
        "state": feed.state,
        "words": feed_words(feed, now),
        "newest": None if newest is None else round(newest.timestamp() * 1000),
        "live_below": LIVE_BELOW.total_seconds() * 1000,
        "icons": ICONS,
        "groups": {
            str(v.group.id): [v.group.name, v.evaluation.overall_status.name] for v in views
        },
        "known": [str(view.group.id) for view in watch.views()],
        "order": [f"card-{view.group.id}" for view in views],
    }
