"""Copying over the API: links, the room, what if, and whether it is really so."""

from __future__ import annotations

import pytest

NOBODY = "7d9f3c52-0d3f-4b4c-9d5e-1f1f6d0c8a11"


@pytest.fixture
def copies(client, account, group, snapshot):
    """A leader with 2,000 to lose, and followers with 1,200 and 1,400: the group and the three.

    The followers copy at 3 and at 2.
    """
    ids = [account(number) for number in ("leader", "7741", "7742")]
    group_id = group("Copies", *ids)
    for account_id, equity in zip(ids, (50_000, 49_200, 49_400), strict=True):
        assert snapshot(account_id, equity).status_code == 201
    for follower, ratio in zip(ids[1:], (3, 2), strict=True):
        draft = {"leader_id": ids[0], "follower_id": follower, "ratio": ratio}
        made = client.post(f"/api/v1/groups/{group_id}/copy-links", json=draft)
        assert made.status_code == 201, made.text
    return group_id, *ids


def links(client, group_id):
    """The links of a group."""
    return client.get(f"/api/v1/groups/{group_id}/copy-links").json()["items"]


def test_a_link_is_made_read_changed_and_deleted(client, copies):
    group_id, leader, first, _ = copies
    link = next(one for one in links(client, group_id) if one["follower_id"] == first)
    assert (link["leader_id"], link["mode"], link["ratio"]) == (leader, "multiplier", 3)
    path = f"/api/v1/groups/{group_id}/copy-links/{link['id']}"
    draft = {"leader_id": leader, "follower_id": first, "mode": "fixed", "fixed_contracts": 2}
    changed = client.put(path, json=draft)
    assert changed.status_code == 200
    assert changed.json() | {"id": link["id"]} == changed.json()
    assert (changed.json()["ratio"], changed.json()["fixed_contracts"]) == (1, 2)
    assert client.delete(path).status_code == 204
    assert client.delete(path).status_code == 404
    assert len(links(client, group_id)) == 1


def test_a_chain_is_refused_with_its_path(client, copies):
    group_id, leader, first, second = copies
    for draft, sentence in (
        ({"leader_id": first, "follower_id": leader}, "loop: leader → 7741 → leader"),
        ({"leader_id": first, "follower_id": second}, "7742 copies an account already"),
        ({"leader_id": leader, "follower_id": leader}, "an account cannot copy itself"),
    ):
        refused = client.post(f"/api/v1/groups/{group_id}/copy-links", json=draft)
        assert refused.status_code == 409
        assert sentence in refused.json()["detail"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ratio": 0}, "ratio must be above 0"),
        ({"ratio": 1.23456}, "ratio must have at most 4 decimals"),
        ({"mode": "fixed"}, "fixed_contracts is needed by the mode fixed"),
        ({"mode": "sideways"}, "mode must be 'exact'"),
        ({"active_from": "2026-03-02"}, "active_from must be a time"),
        ({"slave_id": NOBODY}, "slave_id is not a field here"),
    ],
)
def test_a_link_that_cannot_be_is_refused_in_words(client, copies, said, sentence):
    group_id, leader, first, _ = copies
    draft = {"leader_id": leader, "follower_id": first, **said}
    refused = client.post(f"/api/v1/groups/{group_id}/copy-links", json=draft)
    assert refused.status_code == 422
    assert sentence in refused.json()["detail"]


def test_the_room_names_who_breaks_first_and_what_helps(client, copies):
    """1,200 / 3 = 400; 1,400 / 2 = 700; 2,000."""
    group_id, leader, first, second = copies
    found = client.get(f"/api/v1/groups/{group_id}/room").json()
    [one] = found["sets"]
    assert (one["leader_id"], one["room"], one["is_upper_bound"]) == (leader, 400, False)
    assert [(step["loss"], step["lost"]) for step in one["ladder"]] == [
        (400.01, 1),
        (700.01, 2),
        (2_000.01, 3),
    ]
    assert [own["account_id"] for own in one["binding"]] == [first]
    assert one["reason"] == (
        "when leader loses more than 400.00 USD, 7741 is the first to break Max loss:"
        " it has 1,200.00 USD left and loses 3× what the leader loses"
    )
    assert (
        one["advice"][0]["reason"]
        == "7741 from 3× to 1.71×: +300.00 USD of room, 700.00 USD in all"
    )
    assert {own["account_id"]: own["equal_ratio"] for own in one["members"]} == {
        leader: None,
        first: 0.6,
        second: 0.7,
    }
    assert found["alone_account_ids"] == []
    wanted = client.get(f"/api/v1/groups/{group_id}/room?equal_at=800").json()["sets"][0]
    assert [own["equal_ratio"] for own in wanted["members"]] == [None, 1.5, 1.75]


def test_a_groups_answer_has_its_leaders_rooms_and_so_have_the_sockets(client, copies, snapshot):
    """A loss of 300 more: 900 / 3 = 300."""
    group_id, leader, first, second = copies
    told = {
        "leader_id": leader,
        "account_ids": [leader, *sorted([first, second])],
        "currency": "USD",
        "room": 400,
        "account_id": first,
        "rule": "max_loss",
        "others": 0,
        "is_upper_bound": False,
    }
    assert client.get(f"/api/v1/groups/{group_id}/risk").json()["leader_rooms"] == [told]
    with client.websocket_connect(f"/api/v1/groups/{group_id}/ws") as socket:
        assert socket.receive_json()["evaluations"][0]["leader_rooms"] == [told]
        snapshot(first, 48_900, taken_at="2026-03-02T15:00:00.5Z")
        changed = socket.receive_json()["evaluation"]
    assert changed["leader_rooms"] == [told | {"room": 300}]


def test_the_room_is_told_in_ticks_of_an_instrument(client, copies):
    """One contract of NQ loses 5.00 on a tick, and a follower at 3 loses 15.00 of 1,200."""
    group_id = copies[0]
    found = client.get(
        f"/api/v1/groups/{group_id}/room", params={"instrument": "NQ", "contracts": [1, 4]}
    ).json()
    sized = found["sets"][0]["sized"]
    assert [(one["contracts"], one["ticks"], one["points"]) for one in sized] == [
        (1, 80, 20),
        (4, 20, 5),
    ]
    assert client.get(f"/api/v1/groups/{group_id}/room?instrument=XX").status_code == 404


def test_an_account_without_data_bounds_the_room(client, account, copies):
    group_id, leader, *_ = copies
    silent = account("silent")
    client.post(f"/api/v1/groups/{group_id}/accounts", json={"account_id": silent})
    draft = {"leader_id": leader, "follower_id": silent}
    client.post(f"/api/v1/groups/{group_id}/copy-links", json=draft)
    [one] = client.get(f"/api/v1/groups/{group_id}/room").json()["sets"]
    assert (one["room"], one["is_upper_bound"]) == (400, True)
    assert one["uncertain_account_ids"] == [silent]
    assert "at most, since too little is known of silent" in one["reason"]


def test_what_a_trade_does_is_told_and_nothing_is_changed(client, copies):
    """One NQ with a stop of 20 points loses 400: the follower at 3 has nothing left, not broken."""
    group_id, leader, first, second = copies
    question = {
        "leader_id": leader,
        "trade": {"instrument": "NQ", "contracts": 1, "stop_points": 20},
    }
    found = client.post(f"/api/v1/groups/{group_id}/what-if", json=question).json()
    own = next(one for one in found["members"] if one["account_id"] == first)
    assert (own["contracts"], own["loss"]) == (3, 1_200)
    assert (own["buffer_before"], own["buffer_after"]) == (1_200, 0)
    assert (own["status_before"], own["status_after"]) == ("safe", "critical")
    assert found["largest_contracts"] == 1  # with two, 2,400 and 1,600 are lost
    assert set(found["largest_binding_account_ids"]) == {first, second}
    question["trade"]["stop_points"] = 20.25
    broken = client.post(f"/api/v1/groups/{group_id}/what-if", json=question).json()
    assert (broken["status_before"], broken["status_after"]) == ("safe", "violated")
    assert client.get(f"/api/v1/groups/{group_id}/room").json()["sets"][0]["room"] == 400


def test_another_ratio_and_a_member_less_are_tried(client, copies):
    group_id, leader, first, second = copies
    path = f"/api/v1/groups/{group_id}/what-if"
    lower = client.post(path, json={"leader_id": leader, "ratios": {first: 2}}).json()
    assert (lower["before"]["room"], lower["after"]["room"], lower["gain"]) == (400, 600, 200)
    gone = {"leader_id": leader, "removed_account_ids": [first, second]}
    assert client.post(path, json=gone).json()["gain"] == 1_600
    assert client.post(path, json={"leader_id": first}).status_code == 404
    strange = {"leader_id": leader, "removed_account_ids": [leader]}
    assert client.post(path, json=strange).status_code == 404


def test_after_a_profit_the_room_is_another(client, copies):
    """The leader wins 100: the followers win 300 and 200: 1,500 / 3 = 500."""
    group_id, leader, *_ = copies
    question = {"leader_id": leader, "gain": 100}
    found = client.post(f"/api/v1/groups/{group_id}/what-if", json=question).json()
    assert (found["before"]["room"], found["after"]["room"]) == (400, 500)


def test_settings_are_kept_and_fees_are_lost_on_the_ladder(client, copies):
    group_id, leader, first, _ = copies
    path = f"/api/v1/groups/{group_id}/copy-settings"
    assert client.get(path).json() == {"same_rules": "inform", "fees": {}}
    said = {"same_rules": "require", "fees": {first: 149, leader: 99.5}}
    assert client.put(path, json=said).json() == said
    [one] = client.get(f"/api/v1/groups/{group_id}/room").json()["sets"]
    assert [(step["fees"], step["unknown_fees"]) for step in one["ladder"]] == [
        ({"USD": 149}, 0),
        ({"USD": 149}, 1),
        ({"USD": 248.5}, 1),
    ]
    assert client.put(path, json={"fees": {NOBODY: 1}}).status_code == 404


def test_different_rules_warn_where_the_same_are_required(client, account, copies):
    group_id, leader, *_ = copies
    other = account("other", rules=[{"kind": "max_loss", "limit_amount": 2_000, "breach": "touch"}])
    client.post(f"/api/v1/groups/{group_id}/accounts", json={"account_id": other})
    draft = {"leader_id": leader, "follower_id": other}
    client.post(f"/api/v1/groups/{group_id}/copy-links", json=draft)
    path, room = f"/api/v1/groups/{group_id}/copy-settings", f"/api/v1/groups/{group_id}/room"
    [difference] = client.get(room).json()["sets"][0]["rule_differences"]
    assert (difference["parameter"], difference["leader"], difference["own"]) == (
        "breach",
        "below",
        "touch",
    )
    for switch, warns, count in (("require", True, 1), ("inform", False, 1), ("ignore", False, 0)):
        client.put(path, json={"same_rules": switch})
        found = client.get(room).json()
        assert found["warns"] is warns
        assert len(found["sets"][0]["rule_differences"]) == count


def test_an_account_is_no_better_than_those_it_is_one_bet_with(client, copies, snapshot):
    _, leader, first, _ = copies
    snapshot(first, 47_900, taken_at="2026-03-02T15:00:00.5Z")
    found = client.get(f"/api/v1/accounts/{leader}/effective-status").json()
    assert (found["own"], found["effective"]) == ("safe", "violated")
    assert found["through_account_id"] == first


def test_whether_it_is_really_copying_is_told_from_the_days(client, copies, snapshot):
    """
    days         leader   7741             nominally three times
    21 to 26     +100     +200, on 25 none
    2 March      −600     −1,800
    """
    group_id, leader, first, second = copies
    for day in range(20, 27):
        won = 100 * (day - 20)
        for account_id, gain in ((leader, won), (first, 2 * won - 200 * (day >= 25)), (second, 0)):
            at = f"2026-02-{day}T12:00:00Z"
            snapshot(account_id, 50_000 + gain, taken_at=at)
    found = client.get(f"/api/v1/groups/{group_id}/copy-tracking").json()
    [one] = found["sets"]
    own = next(row for row in one["followers"] if row["account_id"] == first)
    assert (own["days"], own["missed_days"]) == (7, 1)
    realised = (5 * 100 * 200 + 600 * 1_800) / (5 * 100**2 + 600**2)
    assert (own["nominal_ratio"], own["realised_ratio"]) == (3, pytest.approx(realised, abs=1e-9))
    assert own["drift_percent"] == pytest.approx(100 * (realised / 3 - 1), abs=1e-9)
    assert one["realised_room"] == int(1_200_00 / round(realised, 4)) / 100
    assert one["nominal_room"] == 400


def test_somebody_elses_group_and_a_missing_one_are_the_same(client):
    for path in ("room", "copy-links", "copy-settings", "copy-tracking"):
        assert client.get(f"/api/v1/groups/{NOBODY}/{path}").status_code == 404
