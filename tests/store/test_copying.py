"""Copy links, settings and fees in the store: the owner's only, and never a chain or a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.model import Account
from riskcore.store.accounts import delete_account
from riskcore.store.copying import (
    delete_link,
    insert_links,
    select_links,
    update_link,
)
from riskcore.store.database import Database
from riskcore.store.fees import put_fees, select_fees
from riskcore.store.groups import delete_group, insert_group, remove_member
from riskcore.store.results import select_closes, select_moves
from riskcore.store.same_rules import put_same_rules, select_same_rules
from riskcore.store.snapshots import insert_snapshots
from tests.store.conftest import NOON, a_group, frame

Stored = Callable[..., Account]


@pytest.fixture
def members(database: Database, stored: Stored) -> tuple[UUID, UUID, UUID, UUID]:
    """A group with three accounts in it: the group's id and theirs."""
    accounts = [stored(name).id for name in ("Anna", "Ben", "Cleo")]
    group = a_group("Copies", *accounts)
    insert_group(database, group)
    return group.id, *accounts  # type: ignore[return-value]


def link(group_id: UUID, leader: UUID, follower: UUID, **said: object) -> CopyLink:
    """`follower` copies `leader`."""
    values = {"group_id": group_id, "leader_id": leader, "follower_id": follower}
    return CopyLink(id=uuid4(), **values | said)  # type: ignore[arg-type]


def test_a_link_comes_back_as_it_was_stored(database: Database, members: tuple[UUID, ...]) -> None:
    group_id, anna, ben, _ = members
    full = link(
        group_id,
        anna,
        ben,
        mode=CopyMode.BALANCE,
        ratio=0.3333,
        contract_multiplier=0.1,
        rounding=Rounding.LIFT,
        step_contracts=0.01,
        least_contracts=0.02,
        most_contracts=10.0,
        rate=0.925125,
        rated_on=date(2026, 3, 1),
        active_from=NOON,
        active_to=NOON + timedelta(microseconds=1),
    )
    insert_links(database, "ann", group_id, [full])
    assert select_links(database, "ann", group_id) == [full]
    changed = replace(full, mode=CopyMode.FIXED, ratio=1.0, fixed_contracts=2.5)
    update_link(database, "ann", changed)
    assert select_links(database, "ann") == [changed]


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_somebody_elses_link_is_missing(
    database: Database, members: tuple[UUID, ...], verb: str
) -> None:
    group_id, anna, ben, cleo = members
    own = link(group_id, anna, ben)
    insert_links(database, "ann", group_id, [own])
    verbs = {
        "insert": lambda: insert_links(database, "bob", group_id, [link(group_id, anna, cleo)]),
        "update": lambda: update_link(database, "bob", replace(own, ratio=2.0)),
        "delete": lambda: delete_link(database, "bob", group_id, own.id),
    }
    with pytest.raises(Missing):
        verbs[verb]()
    assert select_links(database, "ann") == [own]
    assert select_links(database, "bob") == []


def test_a_chain_is_refused_across_groups_and_nothing_is_stored(
    database: Database, members: tuple[UUID, ...]
) -> None:
    group_id, anna, ben, cleo = members
    insert_links(database, "ann", group_id, [link(group_id, anna, ben)])
    other = a_group("More", anna, ben, cleo)
    insert_group(database, other)
    chain = [link(other.id, ben, cleo)]
    with pytest.raises(Conflict, match="must not form a chain: Anna → Ben → Cleo"):
        insert_links(database, "ann", other.id, chain)
    with pytest.raises(Conflict, match="Cleo copies an account already: Anna → Cleo"):
        insert_links(database, "ann", other.id, [link(other.id, anna, cleo), *chain])
    assert len(select_links(database, "ann")) == 1


def test_a_link_can_be_changed_beside_itself(database: Database, members: tuple[UUID, ...]) -> None:
    group_id, anna, ben, cleo = members
    own = link(group_id, anna, ben)
    insert_links(database, "ann", group_id, [own, link(group_id, anna, cleo)])
    update_link(database, "ann", replace(own, ratio=3.0))
    with pytest.raises(Conflict, match="loop"):
        update_link(database, "ann", replace(own, leader_id=cleo, follower_id=anna))
    assert [one.ratio for one in select_links(database, "ann") if one.id == own.id] == [3.0]


def test_an_account_outside_the_group_is_not_linked(
    database: Database, members: tuple[UUID, ...], stored: Stored
) -> None:
    group_id, anna, *_ = members
    dan = stored("Dan").id
    with pytest.raises(Conflict, match="account Dan is not in the group"):
        insert_links(database, "ann", group_id, [link(group_id, anna, dan)])


def test_a_member_that_goes_takes_its_links_along(
    database: Database, members: tuple[UUID, ...]
) -> None:
    group_id, anna, ben, cleo = members
    insert_links(database, "ann", group_id, [link(group_id, anna, ben), link(group_id, anna, cleo)])
    remove_member(database, "ann", group_id, cleo, NOON)
    assert [one.follower_id for one in select_links(database, "ann")] == [ben]
    put_same_rules(database, "ann", group_id, SameRules.REQUIRE)
    delete_group(database, "ann", group_id)
    assert select_links(database, "ann") == []
    assert select_same_rules(database, "ann") == {}


def test_a_group_says_what_different_rules_are(
    database: Database, members: tuple[UUID, ...]
) -> None:
    group_id = members[0]
    assert select_same_rules(database, "ann") == {}
    for switch in (SameRules.REQUIRE, SameRules.IGNORE):
        put_same_rules(database, "ann", group_id, switch)
        assert select_same_rules(database, "ann") == {group_id: switch}
    with pytest.raises(Missing):
        put_same_rules(database, "bob", group_id, SameRules.INFORM)


def test_what_an_account_cost_is_kept_until_it_is_gone(database: Database, stored: Stored) -> None:
    anna, bens = stored("Anna").id, stored("Ben", user_id="bob").id
    put_fees(database, "ann", {anna: 149.5})
    assert select_fees(database, "ann") == {anna: 149.5}
    with pytest.raises(Missing):
        put_fees(database, "ann", {bens: 1.0})
    with pytest.raises(InvalidValue):
        put_fees(database, "ann", {anna: float("nan")})
    put_fees(database, "ann", {anna: None})
    assert select_fees(database, "ann") == {}
    put_fees(database, "ann", {anna: 99.0})
    delete_account(database, "ann", anna)
    assert select_fees(database, "ann") == {}


def test_each_day_closes_with_its_last_balance(database: Database, stored: Stored) -> None:
    """A day's end belongs to it; what follows is the next day's."""
    anna, bens = stored("Anna").id, stored("Ben", user_id="bob").id
    days = [NOON + timedelta(days=n) for n in range(4)]
    second = timedelta(seconds=1)
    insert_snapshots(
        database,
        "ann",
        frame(
            [
                (anna, days[0], 1.0, 1.0),
                (anna, days[0] + second, 10.0, 1.0),
                (anna, days[1], 20.0, 1.0),
                (anna, days[1] + second, 30.0, 1.0),
                (anna, days[3] + second, 40.0, 1.0),
            ]
        ),
        received_at=NOON,
    )
    closes = select_closes(database, "ann", [bens, anna], days)
    assert sorted(closes.itertuples(index=False, name=None)) == [(1, 0, 20.0), (1, 1, 30.0)]
    moves = select_moves(database, "ann", [anna], days[0] - second, days[3])
    instants = [days[0] + second, days[1], days[1] + second]
    assert moves["taken_at_us"].tolist() == [int(at.timestamp() * 1e6) for at in instants]
