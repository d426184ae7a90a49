"""Copying on a running desk: the board knows the rooms, and forgets them when a link ends."""

from datetime import timedelta

import pytest

from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.model import Snapshot
from riskcore.domain.rules import rule_from
from riskcore.services import copying, groups, rooms
from riskcore.services.accounts import make_account
from riskcore.services.copying import LinkDraft
from riskcore.services.desk import open_desk
from riskcore.services.groups import GroupDraft
from riskcore.services.risk import evaluate_group
from riskcore.services.sample import load_sample_desk
from riskcore.services.snapshots import record_snapshots
from riskcore.services.tracking import group_tracking

USER = "local"


def record(desk, account, equity):
    """What an account has now, nothing open."""
    now = Snapshot(account_id=account.id, taken_at=desk.clock(), balance=equity, equity=equity)
    record_snapshots(desk, USER, [now])


@pytest.fixture
def copies(desk, draft):
    """A leader and one that copies it at 2, each with 5,000 to lose today; group and accounts."""
    leader, follower = (make_account(desk, USER, draft(number)) for number in ("L", "F"))
    for account in (leader, follower):
        record(desk, account, 100_000.0)
    group = groups.make_group(
        desk, USER, GroupDraft(name="Copies", account_ids=(leader.id, follower.id))
    )
    copying.make_links(
        desk, USER, group.id, [LinkDraft(leader_id=leader.id, follower_id=follower.id, ratio=2.0)]
    )
    return group, leader, follower


def told(desk, group):
    """The rooms that the board tells of a group: room and who ends it."""
    evaluation = evaluate_group(desk, USER, group.id)
    return [(room.room, room.account_id) for room in evaluation.leader_rooms]


def test_the_board_tells_the_room_and_every_snapshot_moves_it(desk, clock, copies):
    group, leader, follower = copies
    assert told(desk, group) == [(2_500, follower.id)]
    clock.now += timedelta(seconds=1)
    record(desk, follower, 98_000.0)
    assert told(desk, group) == [(1_500, follower.id)]
    clock.now += timedelta(seconds=1)
    record(desk, leader, 95_500.0)
    assert told(desk, group) == [(500, leader.id)]


def test_a_link_that_is_changed_or_deleted_changes_the_answer(desk, copies):
    group, leader, follower = copies
    [link] = copying.list_links(desk, USER, group.id)
    draft = LinkDraft(leader_id=leader.id, follower_id=follower.id, ratio=4.0)
    copying.change_link(desk, USER, group.id, link.id, draft)
    assert told(desk, group) == [(1_250, follower.id)]
    copying.delete_link(desk, USER, group.id, link.id)
    assert told(desk, group) == []
    with pytest.raises(Missing):
        copying.delete_link(desk, USER, group.id, link.id)


def test_a_link_ends_at_its_instant_though_nothing_is_recorded(desk, clock, copies):
    group, leader, follower = copies
    [link] = copying.list_links(desk, USER, group.id)
    ends = clock.now + timedelta(minutes=10)
    draft = LinkDraft(leader_id=leader.id, follower_id=follower.id, ratio=2.0, active_to=ends)
    copying.change_link(desk, USER, group.id, link.id, draft)
    clock.now = ends - timedelta(microseconds=1)
    assert told(desk, group) == [(2_500, follower.id)]
    clock.now = ends
    assert told(desk, group) == []


def test_a_member_that_leaves_copies_no_longer_and_does_not_on_its_return(desk, copies):
    group, _, follower = copies
    groups.remove_member(desk, USER, group.id, follower.id)
    assert told(desk, group) == []
    groups.add_member(desk, USER, group.id, follower.id)
    assert told(desk, group) == []


def test_the_rooms_are_still_told_after_a_restart(tmp_path, clock, draft):
    path = tmp_path / "again.duckdb"
    first = open_desk(path, clock)
    load_sample_desk(first, USER)
    before = [(g.name, told(first, g)) for g in groups.list_groups(first, USER)]
    first.close()
    second = open_desk(path, clock)
    after = [(g.name, told(second, g)) for g in groups.list_groups(second, USER)]
    second.close()
    assert before == after
    assert [name for name, found in after if found] == ["Futures copy desk"]


def test_the_copies_of_the_sample_really_copy(desk):
    load_sample_desk(desk, USER)
    group = next(g for g in groups.list_groups(desk, USER) if g.name == "Futures copy desk")
    found = group_tracking(desk, USER, group.id)
    [one] = found.sets
    ratios = sorted((own.nominal_ratio, round(own.realised_ratio, 1)) for own in one.followers)
    assert ratios == [(1.0, 1.0), (2.0, 2.0)]
    assert all(own.likeness > 0.99 for own in one.followers)
    assert found.suggestions == []


def test_the_history_suggests_the_links_that_nobody_has_made(desk):
    load_sample_desk(desk, USER)
    group = next(g for g in groups.list_groups(desk, USER) if g.name == "Futures copy desk")
    for link in copying.list_links(desk, USER, group.id):
        copying.delete_link(desk, USER, group.id, link.id)
    found = group_tracking(desk, USER, group.id).suggestions
    assert [round(one.ratio, 1) for one in found] == [0.5, 0.5]  # of the first by number
    assert len({one.leader_id for one in found}) == 1


def test_a_group_that_requires_the_same_rules_and_has_others_is_named(desk, draft, copies):
    group, leader, _ = copies
    assert rooms.groups_with_mixed_rules(desk, USER) == set()
    copying.change_copy_settings(desk, USER, group.id, SameRules.REQUIRE, {})
    assert rooms.groups_with_mixed_rules(desk, USER) == set()
    other = make_account(
        desk, USER, draft("X", rules=(rule_from("max_loss", {"limit_percent": 8}),))
    )
    groups.add_member(desk, USER, group.id, other.id)
    copying.make_links(desk, USER, group.id, [LinkDraft(leader_id=leader.id, follower_id=other.id)])
    assert rooms.groups_with_mixed_rules(desk, USER) == {group.id}
    copying.change_copy_settings(desk, USER, group.id, SameRules.INFORM, {})
    assert rooms.groups_with_mixed_rules(desk, USER) == set()


def test_a_link_outside_the_group_or_of_no_size_is_refused(desk, draft, copies):
    group, leader, _ = copies
    other = make_account(desk, USER, draft("X"))
    with pytest.raises(Conflict, match="account X is not in the group"):
        copying.make_links(
            desk, USER, group.id, [LinkDraft(leader_id=leader.id, follower_id=other.id)]
        )
    with pytest.raises(InvalidValue, match="fee must have at most two decimals"):
        copying.change_copy_settings(desk, USER, group.id, SameRules.INFORM, {leader.id: 1.005})


def test_the_files_on_copying_can_be_read():
    assert copying.find_instrument("NQ").tick_cents == 500
    assert copying.firms()["topstep"].most_copied == 5
    with pytest.raises(Missing):
        copying.find_instrument("XX")
