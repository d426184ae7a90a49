"""The board: every group as a card, worst first."""

from __future__ import annotations

import json
from datetime import timedelta

from streamlit.testing.v1 import AppTest

from riskcore.domain.model import Snapshot
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.snapshots import record_snapshots
from tests.ui.conftest import Visit, a_group, an_account, click, words


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
    assert "Data from 10 min ago" in words(page)
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
        assert "2 h 10 min ago" in words(picture)


def test_a_group_without_accounts_is_unknown(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Nobody")
    assert "UNKNOWN: the group has no accounts" in words(visit("board"))
