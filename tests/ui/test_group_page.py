"""One group: a gauge for each rule, and the members, the weakest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from riskcore.domain.model import Basis
from riskcore.domain.rules import rule_from
from riskcore.domain.status import Status
from riskcore.services.copying import LinkDraft, make_links
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.ui.members import COLUMNS
from riskcore.ui.words import LOOKS
from tests.ui.conftest import Visit, a_group, an_account, cells, markups, observe, words


def test_each_rule_has_a_gauge_that_names_the_account_that_sets_it(
    desk: Desk, visit: Visit
) -> None:
    """
    account  equity   max loss: limit   left          share
    small    49,500   1,000             500           50 %
    large    48,000   2,400             400           16.7 %
    """
    small = an_account(desk, "small", rules=(rule_from("max_loss", {"limit_amount": 1_000.0}),))
    large = an_account(desk, "large", rules=(rule_from("max_loss", {"limit_amount": 2_400.0}),))
    observe(desk, small.id, 49_500.0)
    observe(desk, large.id, 48_000.0)
    page = visit("group", group=str(a_group(desk, "Mine", small.id, large.id)))
    assert [chart.proto.alt for chart in page.get("echarts_chart")] == [
        "Max loss of this group: 16.7 % of the limit left, critical"
    ]
    assert "**large** has the smallest buffer: **400.00 USD** of 2,400.00 USD" in words(page)
    assert "has the smallest share" not in words(page)


def test_the_smallest_share_is_named_where_it_is_another_account(desk: Desk, visit: Visit) -> None:
    """
    account  equity   max loss: limit   left          share
    small    49,500   1,000             500           50 %
    large    48,600   10,000            8,600         86 %
    tight    49,400   1,500             900           60 %
    thin     46,000   4,800             800           16.7 %
    """
    limits = {"small": 1_000.0, "large": 10_000.0, "tight": 1_500.0, "thin": 4_800.0}
    equities = {"small": 49_500.0, "large": 48_600.0, "tight": 49_400.0, "thin": 46_000.0}
    ids = []
    for number, limit in limits.items():
        rules = (rule_from("max_loss", {"limit_amount": limit}),)
        ids.append(an_account(desk, number, rules=rules).id)
        observe(desk, ids[-1], equities[number])
    said = words(visit("group", group=str(a_group(desk, "Mine", *ids))))
    assert "**small** has the smallest buffer: **500.00 USD** of 1,000.00 USD" in said
    assert "**thin** has the smallest share: **16.7 %** left" in said


def test_a_broken_rule_names_who_broke_it(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    observe(desk, account.id, 47_900.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert "**7741** broke it" in words(page)
    assert "-5.0 % of the limit left, violated" in page.get("echarts_chart")[0].proto.alt


def test_the_members_table_has_the_weakest_first_and_says_so_in_a_word(
    sample_desk: Desk, visit: Visit
) -> None:
    page = visit("group")
    rows = cells(page)
    assert [row[0].strip() for row in rows] == [
        "arrow_right_alt weakest: Tidewright 100K",
        "Tidewright 25K",
        "Ashlark 50K new",
        "Ashlark 150K",
    ]
    [table] = [markup for markup in markups(page) if "<table" in markup]
    assert table.count('<tr class="wl-weakest"><th scope="row">') == 1
    assert [column.strip() for column in rows[0][1:3]] == ["dangerous VIOLATED", "broken"]
    assert rows[1][2].strip() == "905.00 USD (45.2 %)"
    assert [rows[2][column].strip() for column in (2, 8)] == ["unknown", "no data yet"]


def test_the_address_decides_which_group_is_shown(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Alpha")
    omega = a_group(desk, "Omega")
    assert "#### Omega" in words(visit("group", group=str(omega)))
    assert "#### Alpha" in words(visit("group"))


def test_choosing_a_group_writes_it_into_the_address(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Alpha")
    omega = a_group(desk, "Omega")
    page = visit("group")
    page.selectbox(key="group-box").set_value(str(omega)).run()
    assert page.query_params["group"] == str(omega)
    assert "#### Omega" in words(page)


def test_a_group_that_is_not_there_is_said_in_a_sentence(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Alpha")
    assert "No group 11111111" in words(
        visit("group", group="11111111-1111-1111-1111-111111111111")
    )
    assert "No group nonsense." in words(visit("group", group="nonsense"))


def test_a_position_limit_counts_contracts_and_does_not_warn(desk: Desk, visit: Visit) -> None:
    """
    contracts open  at most  left
    4               5        1
    """
    account = an_account(
        desk, "7741", rules=(rule_from("position_limit", {"most_contracts": 5.0}),)
    )
    observe(desk, account.id, 50_000.0, open_contracts=4.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert "**7741** has the smallest buffer: **1 contract** of 5 contracts" in words(page)
    assert "4 contracts open; at most 5 contracts allowed" in words(page)
    [chart] = page.get("echarts_chart")
    assert chart.proto.alt == "Position limit of this group: 20.0 % of the limit left, safe"
    assert "SAFE" in words(page)


def test_the_time_without_a_trade_counts_days(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", rules=(rule_from("inactivity", {"days": 30}),))
    observe(desk, account.id, 50_100.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert "of 30 days" in words(page)


def test_goals_stand_apart_as_progress_and_never_in_the_colours_of_danger(
    desk: Desk, visit: Visit
) -> None:
    """
    account  balance  profit  target  to go
    near     52,400   2,400   3,000   600
    far      50,300   300     3,000   2,700, 10 %
    done     53,000   3,000   3,000   met
    """
    ids = []
    for number, balance in (("near", 52_400.0), ("far", 50_300.0), ("done", 53_000.0)):
        rules = (
            rule_from("max_loss", {"limit_amount": 2_000.0}),
            rule_from("profit_target", {"target_amount": 3_000.0}),
        )
        ids.append(an_account(desk, number, rules=rules).id)
        observe(desk, ids[-1], balance, balance=balance)
    page = visit("group", group=str(a_group(desk, "Mine", *ids)))
    assert [chart.proto.alt.partition(" of")[0] for chart in page.get("echarts_chart")] == [
        "Max loss"
    ]
    assert "Before a payout" in [title.value for title in page.subheader]
    said = words(page)
    assert ":gray-badge[:material/flag: 2,700.00 USD to go]" in said
    assert "Met by **done** of 3 accounts" in said
    assert [bar.proto.text for bar in page.get("progress")] == ["10\\.0 \\% of the way"]


def test_a_goal_that_is_met_says_so(desk: Desk, visit: Visit) -> None:
    rules = (rule_from("profit_target", {"target_amount": 3_000.0}),)
    account = an_account(desk, "7741", rules=rules)
    observe(desk, account.id, 53_000.0, balance=53_000.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert ":blue-badge[:material/task_alt: met]" in words(page)


def test_a_profit_cap_that_gates_says_what_may_still_be_earned(desk: Desk, visit: Visit) -> None:
    rules = (rule_from("profit_cap", {"limit_amount": 1_000.0, "scope": "cycle"}),)
    account = an_account(desk, "7741", rules=rules)
    observe(desk, account.id, 50_400.0, balance=50_400.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert "600.00 USD left" in words(page)
    assert [bar.proto.text for bar in page.get("progress")] == ["40\\.0 \\% of the cap used"]


@pytest.mark.parametrize(
    ("basis", "said"),
    [
        (Basis.EQUITY, "from equity with open positions"),
        (Basis.CLOSED_BALANCE, "from closed balances only"),
        (Basis.END_OF_DAY, "from one reading a day"),
    ],
)
def test_what_the_numbers_rest_on_is_said(
    basis: Basis, said: str, desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741")
    observe(desk, account.id, 49_500.0, basis=basis)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert said in words(page)
    bound = "at most " if basis is not Basis.EQUITY else ""
    assert f"buffer: {bound}**1,500.00 USD**" in words(page)


def test_the_binding_floor_and_the_best_pause_floor_are_beside_each_account(
    desk: Desk, visit: Visit
) -> None:
    """
    rule              floor
    max loss, hard    48,000
    daily loss, hard  48,500: it binds
    weekly, a pause   49,000
    """
    rules = (
        rule_from("max_loss", {"limit_amount": 2_000.0}),
        rule_from("daily_loss", {"limit_amount": 1_500.0}),
        rule_from("weekly_loss", {"limit_amount": 1_000.0, "action": "pause"}),
    )
    account = an_account(desk, "7741", rules=rules)
    observe(desk, account.id, 49_900.0)
    [row] = cells(visit("group", group=str(a_group(desk, "Mine", account.id))))
    shown = dict(zip(COLUMNS, map(str.strip, row), strict=True))
    assert shown["Lost under"] == "48,500.00 USD (Daily loss)"
    assert shown["Paused under"] == "49,000.00 USD (Weekly loss)"


def test_what_is_left_after_the_next_reset_is_said_and_marked_where_it_is_worse(
    desk: Desk, visit: Visit
) -> None:
    """
    The day began at 50,000 and 51,500 are closed since, 2,400 of them given back in an open
    loss; the daily loss is 2,000.

    equity   left now                    left after the reset
    49,100   49,100 - 48,000 = 1,100     49,100 - (51,500 - 2,000) = -400
    """
    turns = (desk.clock() + timedelta(hours=6)).replace(second=0, microsecond=0)
    account = an_account(
        desk,
        "7741",
        rules=(rule_from("daily_loss", {"limit_amount": 2_000.0}),),
        reset_time=turns.time(),
    )
    observe(desk, account.id, 49_100.0, balance=51_500.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    said = words(page)
    assert "After the next reset" in [title.value for title in page.subheader]
    assert f"**7741**: After the reset at {turns:%H:%M} UTC, in 5 h" in said
    assert "Daily loss is broken by 400.00 USD if positions are held as they are" in said
    assert ":orange-background[:material/notification_important: The reset alone breaks" in said
    assert LOOKS[Status.SAFE].icon in said, "nothing is wrong yet"


def test_a_reset_that_makes_nothing_worse_is_said_without_a_mark(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    observe(desk, account.id, 49_500.0)
    page = visit("group", group=str(a_group(desk, "Mine", account.id)))
    assert "1,500.00 USD is left on Max loss if positions are held as they are" in words(page)
    assert "The reset alone" not in words(page)


def test_the_account_with_the_least_after_its_reset_is_the_first_of_them(
    desk: Desk, visit: Visit
) -> None:
    """After the reset 1,500 of 2,000 are left of one account, 400 of the other."""
    wide, tight = an_account(desk, "wide"), an_account(desk, "tight")
    observe(desk, wide.id, 49_500.0)
    observe(desk, tight.id, 48_400.0)
    said = words(visit("group", group=str(a_group(desk, "Mine", wide.id, tight.id))))
    after = [line for line in said.splitlines() if line.startswith("- **")]
    assert [line.partition(":")[0] for line in after] == ["- **tight**", "- **wide**"]
    assert "400.00 USD is left on Max loss" in after[0]


def test_a_member_shows_the_status_it_has_through_its_copies(desk: Desk, visit: Visit) -> None:
    """The leader is safe by itself; its copy has 300 of 2,000 left."""
    leader, copy = an_account(desk, "leader"), an_account(desk, "copy")
    observe(desk, leader.id, 50_000.0)
    observe(desk, copy.id, 48_300.0)
    group_id = a_group(desk, "Copies", leader.id, copy.id)
    before = visit("group", group=str(group_id))
    assert not any("As one bet" in markup for markup in markups(before))
    make_links(desk, LOCAL_USER, group_id, [LinkDraft(leader_id=leader.id, follower_id=copy.id)])
    rows = {row[0].strip(): row[1:3] for row in cells(visit("group", group=str(group_id)))}
    own, together = rows["leader"]
    assert "SAFE" in own
    assert "CRITICAL" in together
