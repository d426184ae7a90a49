"""One group: a gauge for each rule, and the members, the weakest first."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from riskcore.domain.model import Snapshot
from riskcore.domain.rules import rule_from
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.snapshots import record_snapshots
from tests.ui.conftest import Visit, a_group, an_account, words


def observe(desk: Desk, account_id: UUID, equity: float) -> None:
    """A snapshot of a minute ago; the balance is 50,000."""
    taken_at = desk.clock() - timedelta(minutes=1)
    record_snapshots(
        desk,
        LOCAL_USER,
        [Snapshot(account_id=account_id, taken_at=taken_at, balance=50_000.0, equity=equity)],
    )


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
    table = visit("group").table[0].value
    assert list(table["Account"]) == [
        ":material/arrow_right_alt: weakest: Tidewright 100K",
        "Tidewright 25K",
        "Ashlark 50K new",
        "Ashlark 150K",
    ]
    assert table["Status"][0] == ":red-badge[:material/dangerous: VIOLATED]"
    assert table["Left"][0] == "broken"
    assert table["Left"][2] == "unknown"
    assert table["Data"][2] == "no data yet"


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
