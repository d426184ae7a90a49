"""Live: which parts of a page are drawn anew, and what the browser is told to go on from."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from riskcore.domain.feed import Feed, FeedState, feed_words
from riskcore.domain.model import GroupRiskEvaluation
from riskcore.domain.reasons import span_text
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.groups import GroupDraft, change_group, delete_group
from riskcore.services.risk import GroupView, view_groups
from riskcore.ui.head import ICONS, feed_html
from riskcore.ui.live import ALL, FACTS, Shown, due
from tests.ui.conftest import Visit, a_group, an_account, markups, observe

CHANGED = "changed"


def views(desk: Desk) -> list[GroupView]:
    """The owner's groups as they are now."""
    return view_groups(desk, LOCAL_USER)


def page_of(desk: Desk) -> Shown:
    """A page that shows each group in a part called as the group."""
    shown = Shown({view.group.id: view.group.name for view in views(desk)}, is_whole=True)
    shown.drawn = {view.group.id: (view.group.name, view.evaluation) for view in views(desk)}
    return shown


@pytest.fixture
def accounts(desk: Desk) -> dict[str, UUID]:
    """Two groups, Calm and Busy, of an account each; by the group's name."""
    made = {name: an_account(desk, name).id for name in ("Calm", "Busy")}
    for name, account_id in made.items():
        observe(desk, account_id, 49_500.0)
        a_group(desk, name, account_id)
    return made


def test_only_the_part_that_shows_something_else_is_drawn(
    desk: Desk, accounts: dict[str, UUID]
) -> None:
    shown = page_of(desk)
    assert due(shown, views(desk), CHANGED) == [FACTS]
    observe(desk, accounts["Busy"], 49_400.0, taken_at=desk.clock())
    assert due(shown, views(desk), CHANGED) == ["Busy", FACTS]


def test_a_part_that_shows_several_groups_is_drawn_once(
    desk: Desk, accounts: dict[str, UUID]
) -> None:
    shown = page_of(desk)
    shown.drawn = {group_id: ("wall", drawn) for group_id, (_, drawn) in shown.drawn.items()}
    for account_id in accounts.values():
        observe(desk, account_id, 49_000.0, taken_at=desk.clock())
    assert due(shown, views(desk), CHANGED) == ["wall", FACTS]


def test_now_and_then_everything_is_drawn(desk: Desk, accounts: dict[str, UUID]) -> None:
    """A countdown in a sentence moves although no number does."""
    assert sorted(due(page_of(desk), views(desk), ALL) or []) == ["Busy", "Calm", FACTS]


def test_the_whole_page_is_drawn_once_a_group_is_made_renamed_or_deleted(
    desk: Desk, accounts: dict[str, UUID]
) -> None:
    shown = page_of(desk)
    added = a_group(desk, "New")
    assert due(shown, views(desk), CHANGED) is None
    shown = page_of(desk)
    change_group(desk, LOCAL_USER, added, GroupDraft(name="Newer"))
    assert due(shown, views(desk), CHANGED) is None
    shown = page_of(desk)
    delete_group(desk, LOCAL_USER, added)
    assert due(shown, views(desk), CHANGED) is None


def test_a_page_whose_drawing_was_interrupted_is_drawn_again(
    desk: Desk, accounts: dict[str, UUID]
) -> None:
    shown = page_of(desk)
    shown.is_whole = False
    assert due(shown, views(desk), CHANGED) is None


@pytest.mark.parametrize("name", ["board", "group"])
def test_a_page_that_was_drawn_is_whole_and_knows_what_it_shows(
    name: str, sample_desk: Desk, visit: Visit
) -> None:
    shown: Shown = visit(name).session_state["shown"]
    assert shown.is_whole
    assert shown.names == {view.group.id: view.group.name for view in views(sample_desk)}
    drawn: list[GroupRiskEvaluation] = [evaluation for _, evaluation in shown.drawn.values()]
    assert len(drawn) == (1 if name == "group" else 2)


# --- what the browser goes on from


def facts(page: AppTest) -> dict[str, Any]:
    """What push.js reads."""
    [found] = [m for m in (re.search(r'data-facts="(.*?)"', html) for html in markups(page)) if m]
    read: dict[str, Any] = json.loads(unescape(found[1]))
    return read


def test_the_browser_is_told_the_desks_clock_and_the_cards_worst_first(
    desk: Desk, accounts: dict[str, UUID], visit: Visit
) -> None:
    observe(desk, accounts["Busy"], 48_300.0, taken_at=desk.clock())
    began = desk.clock()
    told = facts(visit("board"))
    busy, calm = (str(view.group.id) for view in views(desk))
    assert began.timestamp() * 1000 - 1 < told["now"] < desk.clock().timestamp() * 1000 + 1
    assert told["groups"] == {busy: ["Busy", "CRITICAL"], calm: ["Calm", "SAFE"]}
    assert told["order"] == [f"card-{busy}", f"card-{calm}"]


def test_a_page_about_one_group_knows_the_others(
    desk: Desk, accounts: dict[str, UUID], visit: Visit
) -> None:
    chosen, other = (str(view.group.id) for view in views(desk))
    told = facts(visit("group", group=chosen))
    assert list(told["groups"]) == [chosen]
    assert sorted(told["known"]) == sorted([chosen, other])


@pytest.mark.parametrize("name", ["x --> y", "</style>", '" onclick="', "a'b&amp;"])
def test_a_name_that_looks_like_markup_does_not_silence_the_page(
    name: str, desk: Desk, visit: Visit
) -> None:
    """The sanitizer takes away an attribute that holds the end of a comment or a style."""
    group = str(a_group(desk, name))
    page = visit("board")
    assert facts(page)["groups"][group] == [name, "UNKNOWN"]
    [written] = [html for html in markups(page) if "data-facts" in html]
    assert not re.search(r"[<>]|&[lg]t;", written.removeprefix("<i ").removesuffix("hidden></i>"))


# --- the feed in words

NOW = datetime.fromisoformat("2026-11-12T14:30:00+00:00")


def test_the_feed_has_icon_word_and_state() -> None:
    feed = Feed(state=FeedState.SILENT, newest_taken_at=NOW - timedelta(minutes=28))
    assert feed_html(feed, NOW) == (
        '<div class="wl-feed wl-feed-silent">'
        '<span class="wl-icon" aria-hidden="true" translate="no">sensors_off</span> '
        '<span class="wl-words">no feed since 14:02 UTC</span></div>'
    )


def test_every_state_of_a_feed_has_an_icon_of_its_own() -> None:
    assert set(ICONS) - {"lost"} == {state.value for state in FeedState}
    assert len(set(ICONS.values())) == len(ICONS)


@pytest.mark.parametrize("seconds", [3, 59, 60, 3_725, 90_061])
def test_push_counts_on_in_the_words_of_the_desk(seconds: int) -> None:
    """push.js says `live` and `... behind` by itself between two drawings."""
    newest = NOW - timedelta(seconds=seconds)
    live = Feed(state=FeedState.LIVE, newest_taken_at=newest)
    behind = Feed(state=FeedState.BEHIND, newest_taken_at=newest)
    assert feed_words(live, NOW) == "live"
    assert feed_words(behind, NOW) == f"{span_text(NOW - newest)} behind"
