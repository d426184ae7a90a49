"""Groups: one name each, members of their owner only."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from riskcore.domain.errors import Conflict, Missing
from riskcore.domain.model import Account
from riskcore.domain.status import Thresholds
from riskcore.store.database import Database
from riskcore.store.groups import (
    add_member,
    delete_group,
    insert_group,
    remove_member,
    select_all_groups,
    select_group,
    select_groups,
    update_group,
)
from tests.store.conftest import NOON, a_group

Stored = Callable[..., Account]
LATER = NOON + timedelta(hours=1)


def test_a_group_comes_back_as_it_was_stored(database: Database, stored: Stored) -> None:
    members = [stored(str(number)).id for number in range(4)]
    group = replace(
        a_group("Evaluations", *members), currency="EUR", thresholds=Thresholds(0.4, 0.1)
    )
    insert_group(database, group)
    assert select_group(database, "ann", group.id) == group


def test_an_account_may_be_in_several_groups(database: Database, stored: Stored) -> None:
    account = stored("7741")
    for name in ("One", "Two"):
        insert_group(database, a_group(name, account.id))
    assert [group.account_ids for group in select_groups(database, "ann")] == [(account.id,)] * 2


def test_groups_come_by_name_and_only_the_owners(database: Database) -> None:
    for name in ("beta", "Alpha", "gamma"):
        insert_group(database, a_group(name))
    insert_group(database, a_group("Alpha", user_id="bob"))
    assert [group.name for group in select_groups(database, "ann")] == ["Alpha", "beta", "gamma"]
    assert len(select_all_groups(database)) == 4


@pytest.mark.parametrize("name", ["Evaluations", "EVALUATIONS", "ｅvaluations"])
def test_a_name_that_reads_the_same_is_taken(database: Database, name: str) -> None:
    insert_group(database, a_group("Evaluations"))
    with pytest.raises(Conflict, match="already a group named Evaluations"):
        insert_group(database, a_group(name))
    other = a_group("Funded")
    insert_group(database, other)
    with pytest.raises(Conflict):
        update_group(database, replace(other, name=name))
    assert len(select_groups(database, "ann")) == 2


def test_a_group_may_change_the_letters_of_its_own_name(database: Database) -> None:
    group = a_group("evaluations")
    insert_group(database, group)
    update_group(database, replace(group, name="Evaluations"))
    assert select_group(database, "ann", group.id).name == "Evaluations"


def test_a_strange_account_is_missing_and_nothing_is_stored(
    database: Database, stored: Stored
) -> None:
    strange = stored("7741", user_id="bob").id
    group = a_group("Evaluations")
    for account_id in (strange, uuid4()):
        sentence = f"^no account {account_id}$"
        with pytest.raises(Missing, match=sentence):
            insert_group(database, a_group("Evaluations", account_id))
    insert_group(database, group)
    for account_id in (strange, uuid4()):
        sentence = f"^no account {account_id}$"
        with pytest.raises(Missing, match=sentence):
            add_member(database, "ann", group.id, account_id, LATER)
        with pytest.raises(Missing, match=sentence):
            update_group(database, replace(group, name="Other", account_ids=(account_id,)))
    assert select_groups(database, "ann") == [group]


def test_somebody_elses_group_is_missing_like_one_that_is_not_there(
    database: Database, stored: Stored
) -> None:
    account = stored("7741").id
    his = a_group("Evaluations", user_id="bob")
    insert_group(database, his)
    for group_id in (his.id, uuid4()):
        sentence = f"^no group {group_id}$"
        for act in (
            lambda group_id=group_id: select_group(database, "ann", group_id),
            lambda group_id=group_id: delete_group(database, "ann", group_id),
            lambda group_id=group_id: add_member(database, "ann", group_id, account, LATER),
            lambda group_id=group_id: remove_member(database, "ann", group_id, account, LATER),
            lambda group_id=group_id: update_group(database, replace(a_group("X"), id=group_id)),
        ):
            with pytest.raises(Missing, match=sentence):
                act()
    assert select_group(database, "bob", his.id) == his


def test_a_member_is_added_once_and_removed_once(database: Database, stored: Stored) -> None:
    first, second = sorted((stored("1").id, stored("2").id))
    group = a_group("Evaluations", second)
    insert_group(database, group)
    added = add_member(database, "ann", group.id, first, LATER)
    assert added == replace(group, account_ids=(first, second), updated_at=LATER)
    assert select_group(database, "ann", group.id) == added
    with pytest.raises(Conflict, match="already in the group Evaluations"):
        add_member(database, "ann", group.id, first, LATER)
    assert remove_member(database, "ann", group.id, second, LATER).account_ids == (first,)
    with pytest.raises(Missing):
        remove_member(database, "ann", group.id, second, LATER)
    assert select_group(database, "ann", group.id).account_ids == (first,)


def test_of_many_at_once_all_members_are_in(database: Database, stored: Stored) -> None:
    group = a_group("Evaluations")
    insert_group(database, group)
    members = [stored(str(number)).id for number in range(32)]
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda m: add_member(database, "ann", group.id, m, LATER), members))
    assert select_group(database, "ann", group.id).account_ids == tuple(sorted(members))


def test_a_deleted_group_leaves_its_accounts(database: Database, stored: Stored) -> None:
    account = stored("7741").id
    group, kept = a_group("One", account), a_group("Two", account)
    for one in (group, kept):
        insert_group(database, one)
    delete_group(database, "ann", group.id)
    assert select_groups(database, "ann") == [kept]
