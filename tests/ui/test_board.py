"""The board: every group as a card, worst first."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qsl

from streamlit.testing.v1 import AppTest

from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.model import Snapshot
from riskcore.domain.reasons import instant_text
from riskcore.domain.rules import rule_from
from riskcore.services.copying import LinkDraft, change_copy_settings, make_links
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.snapshots import record_snapshots
from tests.ui.conftest import Visit, a_group, an_account, click, observe, words


def gauges(page: AppTest) -> list[str]:
    """What the dials say to those who cannot see them, in order."""
    return [chart.proto.alt for chart in page.get("echarts_chart")]


def test_an_empty_desk_says_what_to_do_and_loads_the_sample(visit: Visit) -> None:
    page = visit("board")
    assert "It has no accounts yet" in words(page)
    click(page, "Load the sample desk")
    assert [about.partition(":")[0] for about in gauges(page)] == [
        "Group Evaluations",
        "Group Futures copy desk",
    ]


def test_an_empty_desk_leads_to_the_upload(visit: Visit) -> None:
    page = click(visit("board"), "Upload a CSV")
    assert page.title[0].value == "Upload"


def test_accounts_without_a_group_lead_to_the_groups(desk: Desk, visit: Visit) -> None:
    an_account(desk, "7741")
    page = click(visit("board"), "Make a group")
    assert page.title[0].value == "Groups"


def test_the_worst_group_is_first_with_word_icon_and_weakest_account(
    sample_desk: Desk, visit: Visit
) -> None:
    badges = [text.value for text in visit("board").markdown if "-badge[" in text.value]
    assert badges == [
        ":red-badge[:material/dangerous: VIOLATED]",
        ":orange-badge[:material/error: CRITICAL]",
    ]
    assert "Weakest account: **Tidewright 100K**" in words(visit("board"))


def test_the_dial_is_the_share_left_and_the_card_has_the_age_of_the_data(
    desk: Desk, visit: Visit
) -> None:
    """
    balance  equity   max loss 2,000: left
    50,000   49,100   1,100, 55 %
    """
    account = an_account(desk, "7741")
    a_group(desk, "Mine", account.id)
    taken_at = desk.clock() - timedelta(minutes=10)
    record_snapshots(
        desk,
        LOCAL_USER,
        [Snapshot(account_id=account.id, taken_at=taken_at, balance=50_000.0, equity=49_100.0)],
    )
    page = visit("board")
    assert gauges(page) == ["Group Mine: 55.0 % of the limit left, safe"]
    assert f"Data from {instant_text(taken_at)}" in words(page), "the browser makes it an age"
    [chart] = page.get("echarts_chart")
    options = json.loads(chart.proto.spec)
    assert options["series"][0]["detail"]["formatter"] == "55.0 %"
    assert options["animationDuration"] == 0


def test_old_data_is_unknown_now_and_a_picture_as_of_the_last_data(
    desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741", stale_after=timedelta(hours=1))
    a_group(desk, "Mine", account.id)
    taken_at = desk.clock() - timedelta(hours=2, minutes=10)
    record_snapshots(
        desk,
        LOCAL_USER,
        [Snapshot(account_id=account.id, taken_at=taken_at, balance=50_000.0, equity=50_000.0)],
    )
    page = visit("board")
    assert "UNKNOWN" in words(page)
    page.segmented_control(key="as_of").set_value("last data").run()
    for picture in (page, visit("board", as_of="last data")):
        assert "UNKNOWN" not in words(picture)
        assert "SAFE" in words(picture)
        assert f"Data from {instant_text(taken_at)}" in words(picture)


def test_a_group_without_accounts_is_unknown(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Nobody")
    assert "UNKNOWN: the group has no accounts" in words(visit("board"))


def test_a_position_limit_and_goals_have_their_place_on_a_card(desk: Desk, visit: Visit) -> None:
    """
    contracts open  at most  left           profit  target
    3               5        2, 40 %: safe  400     3,000: 2,600 to go
    """
    rules = (
        rule_from("position_limit", {"most_contracts": 5.0}),
        rule_from("profit_target", {"target_amount": 3_000.0}),
        rule_from("consistency", {"max_percent": 50.0}),
    )
    account = an_account(desk, "7741", rules=rules)
    a_group(desk, "Mine", account.id)
    observe(desk, account.id, 50_400.0, balance=50_400.0, open_contracts=3.0)
    page = visit("board")
    assert gauges(page) == ["Group Mine: 40.0 % of the limit left, safe"]
    said = words(page)
    assert "has 2 contracts (40.0 %) left on Position limit" in said
    assert "Before a payout: Profit target 2,600.00 USD to go; Consistency " in said


def test_a_small_share_of_contracts_is_no_warning_on_the_dial(desk: Desk, visit: Visit) -> None:
    rules = (rule_from("position_limit", {"most_contracts": 5.0}),)
    account = an_account(desk, "7741", rules=rules)
    a_group(desk, "Mine", account.id)
    observe(desk, account.id, 50_000.0, open_contracts=4.5)
    [chart] = visit("board").get("echarts_chart")
    bands = json.loads(chart.proto.spec)["series"][0]["axisLine"]["lineStyle"]["color"]
    assert [end for end, _ in bands] == [0, 0, 1.0], "no orange, no yellow"


def test_a_reset_that_alone_breaks_a_rule_is_on_the_card(desk: Desk, visit: Visit) -> None:
    """Equity 49,100 is above 48,000; after the reset the floor is 51,500 - 2,000."""
    turns = (desk.clock() + timedelta(hours=6)).replace(second=0, microsecond=0)
    rules = (rule_from("daily_loss", {"limit_amount": 2_000.0}),)
    account = an_account(desk, "7741", rules=rules, reset_time=turns.time())
    a_group(desk, "Mine", account.id)
    observe(desk, account.id, 49_100.0, balance=51_500.0)
    said = words(visit("board"))
    assert "**7741**: :orange-background[" in said
    assert "The reset alone breaks Daily loss." in said


def test_the_head_says_how_far_behind_the_data_is(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    a_group(desk, "Mine", account.id)
    assert "no data yet" in words(visit("board"))
    observe(desk, account.id, 50_000.0, taken_at=desk.clock() - timedelta(seconds=70))
    assert "1 min behind" in words(visit("board"))


def test_the_board_leads_to_the_wall_with_the_same_instant(sample_desk: Desk, visit: Visit) -> None:
    for parameters in ({}, {"as_of": "last data"}):
        [link] = visit("board", **parameters).get("link_button")
        assert link.proto.label == "Wall view"
        assert dict(parse_qsl(link.proto.url.removeprefix("?"))) == {"view": "wall", **parameters}


def test_a_card_tells_what_the_leader_may_lose_and_who_breaks_then(
    desk: Desk, visit: Visit
) -> None:
    """The copy has 1,200 left and copies at 3: 400 break it, since touching does."""
    touch = rule_from("max_loss", {"limit_amount": 2_000.0, "breach": "touch"})
    leader, copy = an_account(desk, "leader"), an_account(desk, "copy", rules=(touch,))
    observe(desk, leader.id, 50_000.0)
    observe(desk, copy.id, 49_200.0)
    group_id = a_group(desk, "Copies", leader.id, copy.id)
    assert "leads" not in words(visit("board"))
    draft = LinkDraft(leader_id=leader.id, follower_id=copy.id, ratio=3.0)
    make_links(desk, LOCAL_USER, group_id, [draft])
    said = words(visit("board"))
    assert "**leader** leads and may lose **399.99 USD**; then **copy** breaks Max loss" in said
    assert "different rules" not in said
    change_copy_settings(desk, LOCAL_USER, group_id, SameRules.REQUIRE, {})
    assert "Its copies follow different rules, and the group requires the same" in words(
        visit("board")
    )
