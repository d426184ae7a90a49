"""Groups: make, rename, delete, add and remove members."""

from __future__ import annotations

from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.groups import find_group, list_groups
from tests.ui.conftest import Visit, a_group, an_account, click, words

SAVE = "Save this group"


def test_a_group_is_made_of_chosen_accounts(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    page = visit("groups")
    page.text_input(key="group-new-name").set_value("Mine")
    page.multiselect(key="group-new-accounts").set_value([account.id])
    click(page, SAVE)
    [group] = list_groups(desk, LOCAL_USER)
    assert (group.name, group.account_ids) == ("Mine", (account.id,))
    assert page.query_params["group"] == str(group.id)


def test_another_page_can_propose_the_accounts(desk: Desk, visit: Visit) -> None:
    first, second = an_account(desk, "1"), an_account(desk, "2")
    page = visit("groups", group="new", accounts=f"{first.id},{second.id}")
    assert set(page.multiselect(key="group-new-accounts").value) == {first.id, second.id}


def test_a_group_is_renamed_and_its_members_and_thresholds_changed(
    desk: Desk, visit: Visit
) -> None:
    first, second = an_account(desk, "1"), an_account(desk, "2")
    group_id = a_group(desk, "Mine", first.id)
    page = visit("groups", group=str(group_id))
    page.text_input(key=f"group-{group_id}-name").set_value("Ours")
    page.multiselect(key=f"group-{group_id}-accounts").set_value([second.id])
    page.number_input(key=f"group-{group_id}-critical").set_value(12.5)
    click(page, SAVE)
    group = find_group(desk, LOCAL_USER, group_id)
    assert (group.name, group.account_ids) == ("Ours", (second.id,))
    assert (group.thresholds.caution_fraction, group.thresholds.critical_fraction) == (0.5, 0.125)


def test_critical_above_caution_is_refused(desk: Desk, visit: Visit) -> None:
    group_id = a_group(desk, "Mine")
    page = visit("groups", group=str(group_id))
    page.number_input(key=f"group-{group_id}-critical").set_value(60.0)
    click(page, SAVE)
    assert "must not be above caution_fraction" in words(page)
    assert find_group(desk, LOCAL_USER, group_id).thresholds.critical_fraction == 0.2


def test_a_name_that_is_taken_is_refused(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Mine")
    page = visit("groups", group="new")
    page.text_input(key="group-new-name").set_value("MINE")
    click(page, SAVE)
    assert page.error
    assert len(list_groups(desk, LOCAL_USER)) == 1


def test_a_group_is_deleted_when_asked_twice_and_its_accounts_stay(
    desk: Desk, visit: Visit
) -> None:
    account = an_account(desk, "7741")
    group_id = a_group(desk, "Mine", account.id)
    click(visit("groups", group=str(group_id)), "Yes, delete")
    assert list_groups(desk, LOCAL_USER) == []


def test_without_accounts_the_page_leads_to_the_upload(visit: Visit) -> None:
    page = click(visit("groups"), "Upload a CSV")
    assert page.title[0].value == "Upload"
