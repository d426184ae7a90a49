"""Copy trading as a person sees it first: the sentence, the ladder, one piece of advice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import at_rest, dial, see_page, sticks_out, take_picture
from tests.browser.running_desk import RunningDesk

PARTS = ("What if", "Whole contracts", "Profit and resets", "Links", "Same rules")


def copy_group(desk: RunningDesk) -> str:
    """A leader and five followers of which the third smallest buffer breaks first; the group's id.

    ```
    account           left    at     leader may lose
    Leader 50K        2,000   1      2,000
    Funded 7741       1,500   3      500
    Funded 7742       800     0.5    1,600
    Funded 7743       1,900   2      950
    Evaluation 8101   1,200   0.33   3,636.36
    ```
    """
    now = datetime.now(UTC) - timedelta(seconds=30)
    followers = {
        "Funded 7741": (49_500, 3),
        "Funded 7742": (48_800, 0.5),
        "Funded 7743": (49_900, 2),
        "Evaluation 8101": (49_200, 0.33),
    }
    ids = {"Leader 50K": account(desk, "Leader 50K", 50_000, now)}
    ids |= {name: account(desk, name, equity, now) for name, (equity, _) in followers.items()}
    group = desk.post("/groups", {"name": "My copies", "account_ids": list(ids.values())})
    for name, (_, ratio) in followers.items():
        link = {"leader_id": ids["Leader 50K"], "follower_id": ids[name], "ratio": ratio}
        desk.post(f"/groups/{group['id']}/copy-links", link)
    return str(group["id"])


def account(desk: RunningDesk, name: str, equity: float, at: datetime) -> str:
    """An account of 50,000 that may lose 2,000, with what it has now; its id."""
    touch = {"breach": "touch"} if name == "Evaluation 8101" else {}
    made: dict[str, Any] = desk.post(
        "/accounts",
        {
            "number": name,
            "starting_balance": 50_000,
            "stale_after_seconds": 86_400,
            "rules": [{"kind": "max_loss", "limit_amount": 2_000, **touch}],
        },
    )
    taken = {"taken_at": at.isoformat(), "balance": equity, "equity": equity}
    desk.post("/snapshots", {"account_id": made["id"], **taken})
    return str(made["id"])


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_the_first_screen_says_who_dies_first(
    desk: RunningDesk, open_page: OpenPage, look: str
) -> None:
    page = open_page(f"/copy_trading?group={copy_group(desk)}", look)
    see_page(page, "Copy trading")
    said = page.get_by_text("Funded 7741 is the first to break Max loss")
    ladder = dial(page.locator("body"), "Which account breaks at which loss of the leader")
    advice = page.get_by_text("+450.00 USD of room").first
    for part in (said, advice, ladder):
        expect(part).to_be_visible()
    if look != "phone":
        for part in (said, advice, ladder):
            expect(part).to_be_in_viewport(ratio=0.9)
    assert sticks_out(page) == []
    take_picture(page, f"copy-trading-{look}")


@pytest.mark.parametrize("look", ["light", "phone"])
def test_what_stands_below_can_be_read_too(
    desk: RunningDesk, open_page: OpenPage, look: str
) -> None:
    group = copy_group(desk)
    page = open_page(f"/copy_trading?group={group}&instrument=NQ", look)
    see_page(page, "Copy trading")
    for part in PARTS:
        page.get_by_role("tab", name=part).click()
        expect(page.get_by_role("tab", name=part, selected=True)).to_be_visible()
        at_rest(page)
        assert sticks_out(page) == []
        take_picture(page, f"copy-{part.lower().replace(' ', '-')}-{look}")


def test_a_group_without_links_offers_what_its_history_suggests(
    desk: RunningDesk, open_page: OpenPage
) -> None:
    now = datetime.now(UTC) - timedelta(seconds=30)
    ids = [account(desk, name, 50_000, now) for name in ("One", "Two")]
    group = desk.post("/groups", {"name": "Not yet", "account_ids": ids})
    page = open_page(f"/copy_trading?group={group['id']}")
    see_page(page, "Copy trading")
    expect(page.get_by_text("No account of this group copies another yet.")).to_be_visible()
    take_picture(page, "copy-trading-empty")
