"""Copy trading: the sentence, the ladder, one piece of advice, and what stands below them."""

from __future__ import annotations

from uuid import UUID

import pytest

from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.rules import rule_from
from riskcore.services.copying import LinkDraft, copy_settings, list_links, make_links
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.groups import add_member
from tests.ui.conftest import Visit, a_group, an_account, click, observe, words


@pytest.fixture
def copies(desk: Desk) -> tuple[UUID, dict[str, UUID]]:
    """A leader with 2,000 to lose; 7741 has 1,200 at 3, 7742 has 800 at 0.5."""
    ids = {number: an_account(desk, number).id for number in ("leader", "7741", "7742")}
    for number, equity in (("leader", 50_000.0), ("7741", 49_200.0), ("7742", 48_800.0)):
        observe(desk, ids[number], equity)
    group_id = a_group(desk, "Copies", *ids.values())
    drafts = [
        LinkDraft(leader_id=ids["leader"], follower_id=ids[number], ratio=ratio)
        for number, ratio in (("7741", 3.0), ("7742", 0.5))
    ]
    make_links(desk, LOCAL_USER, group_id, drafts)
    return group_id, ids


def test_the_first_screen_says_who_dies_first_and_what_helps(
    copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    """1,200 / 3 = 400; 800 / 0.5 = 1,600; so at 0.75 the room is 1,600."""
    page = visit("copy_trading", group=str(copies[0]))
    said = words(page)
    assert "When leader loses more than 400.00 USD, 7741 is the first to break Max loss" in said
    assert "7742 has the smallest buffer, 800.00 USD, but loses 0.5×" in said
    assert "**7741** from 3× to 0.75×" in said
    assert "+1,200.00 USD of room" in said
    [chart] = page.get("echarts_chart")
    assert chart.proto.alt.startswith(
        "Which account breaks at which loss of the leader: 7741 at 3×: Max loss, at 400.01 USD"
    )


def test_a_group_in_which_somebody_copies_is_opened_first(
    desk: Desk, copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    a_group(desk, "Alone", copies[1]["7741"])
    assert "7741 is the first to break" in words(visit("copy_trading"))


def test_an_account_without_data_bounds_the_room_and_is_named(
    desk: Desk, copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    silent = an_account(desk, "silent").id
    add_member(desk, LOCAL_USER, copies[0], silent)
    draft = LinkDraft(leader_id=copies[1]["leader"], follower_id=silent)
    make_links(desk, LOCAL_USER, copies[0], [draft])
    said = words(visit("copy_trading", group=str(copies[0])))
    assert "at most 400.00 USD" in said
    assert "**silent** bounds the room: what it may lose is not known" in said


def test_a_group_without_links_is_told_what_a_copy_group_is(desk: Desk, visit: Visit) -> None:
    accounts = [an_account(desk, number) for number in ("7741", "7742")]
    group_id = a_group(desk, "Mine", *(account.id for account in accounts))
    page = visit("copy_trading", group=str(group_id))
    assert "No account of this group copies another yet" in words(page)
    page.selectbox(key="new-link-leader").set_value(accounts[0].id)
    page.multiselect(key="new-link-followers").set_value([accounts[1].id])
    page.number_input(key="new-link-ratio").set_value(2.0)
    click(page, "Link them")
    [link] = list_links(desk, LOCAL_USER, group_id)
    assert (link.leader_id, link.follower_id, link.ratio) == (accounts[0].id, accounts[1].id, 2.0)


def test_a_link_without_a_leader_is_refused_in_words(desk: Desk, visit: Visit) -> None:
    group_id = a_group(desk, "Mine", an_account(desk, "7741").id)
    page = click(visit("copy_trading", group=str(group_id)), "Link them")
    assert "Copy link needs a leader and whoever copies it" in words(page)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("Ladder", "7741 from 3× to 0.75×: +1,200.00 USD of room, 1,600.00 USD in all"),
        ("What if", "Room: 400.00 USD → 1,600.00 USD"),
        ("Whole contracts", "A follower trades whole steps"),
        ("Profit and resets", "No profit cap and no best day binds any of these accounts"),
        ("Links", "Say who copies whom"),
        ("Same rules", "All accounts follow the leader's rules"),
        ("Really copying?", "there is nothing to compare"),
    ],
)
def test_each_part_answers_its_question(
    copies: tuple[UUID, dict[str, UUID]], visit: Visit, part: str, sentence: str
) -> None:
    page = visit("copy_trading", group=str(copies[0]), part=part)
    assert sentence in words(page)


def test_a_link_is_changed_and_ended_on_the_page(
    desk: Desk, copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    group_id, ids = copies
    page = visit("copy_trading", group=str(group_id), part="Links")
    link = next(one for one in list_links(desk, LOCAL_USER, group_id) if one.ratio == 3.0)
    page.selectbox(key="link").set_value(str(link.id)).run()
    page.number_input(key=f"link-{link.id}-ratio").set_value(2.0)
    click(page, "Save this link")
    ratios = {one.follower_id: one.ratio for one in list_links(desk, LOCAL_USER, group_id)}
    assert ratios == {ids["7741"]: 2.0, ids["7742"]: 0.5}
    click(page, "It copies no longer, from now on")
    ended = [one.follower_id for one in list_links(desk, LOCAL_USER, group_id) if one.active_to]
    assert ended == [ids["7741"]]


def test_rules_that_differ_are_shown_with_what_they_mean(
    desk: Desk, copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    other = an_account(
        desk,
        "other",
        rules=(rule_from("max_loss", {"limit_amount": 2_000.0, "breach": "touch"}),),
    )
    add_member(desk, LOCAL_USER, copies[0], other.id)
    draft = LinkDraft(leader_id=copies[1]["leader"], follower_id=other.id)
    make_links(desk, LOCAL_USER, copies[0], [draft])
    page = visit("copy_trading", group=str(copies[0]), part="Same rules")
    [row] = page.dataframe[0].value.to_dict("records")
    assert row["Rule"] == "Max loss"
    assert (row["Leader"], row["Otherwise"], row["In"]) == (
        "below the floor",
        "at or below the floor",
        "other",
    )
    switch = next(box for box in page.selectbox if "same rules" in box.label)
    switch.set_value(SameRules.REQUIRE)
    click(page, "Save")
    assert copy_settings(desk, LOCAL_USER, copies[0]).same_rules is SameRules.REQUIRE


def test_a_trade_that_is_tried_shows_every_account_after_it(
    copies: tuple[UUID, dict[str, UUID]], visit: Visit
) -> None:
    """One NQ with a stop of 20.25 points: 405 for the leader, 1,215 of 1,200 for 7741."""
    group_id, ids = copies
    page = visit("copy_trading", group=str(group_id), part="What if", instrument="NQ")
    key = f"what-if-{ids['leader']}"
    page.number_input(key=f"{key}-stop").set_value(20.25).run()
    rows = page.table[0].value.set_index("Account")
    assert "VIOLATED" in rows.loc["7741", "After"]
    assert "0 contracts of the leader outlive this stop; with one more: 7741" in words(page)
