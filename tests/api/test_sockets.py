"""Sockets: the state first, then every change, and a clean end."""

from __future__ import annotations

import asyncio
import json
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from riskcore.api import messages, sockets
from riskcore.api.spoken import SPOKEN
from riskcore.services import risk
from riskcore.services.desk import LOCAL_USER

ALL = "/api/v1/ws"
FRAMES = {
    "state": messages.StateMessage,
    "change": messages.ChangeMessage,
    "gone": messages.GoneMessage,
    "heartbeat": messages.Heartbeat,
}


BRIEF_FRAMES = FRAMES | {
    "state": messages.BriefStateMessage,
    "change": messages.BriefChangeMessage,
}


def one(group_id):
    return f"/api/v1/groups/{group_id}/ws"


def told(socket, shapes=FRAMES):
    """The next frame, held to its schema."""
    frame = socket.receive_json()
    schema = shapes[frame["type"]].model_json_schema(mode="serialization")
    Draft202012Validator(schema).validate(frame)
    return frame


def from_page(origin):
    return {"host": "localhost", "origin": origin}


def test_the_first_frame_is_the_full_state(client, account, group, snapshot):
    member = account("7741")
    group_id = group("Funded", member)
    snapshot(member, 48_900)
    with client.websocket_connect(one(group_id)) as socket:
        frame = told(socket)
        assert (frame["type"], frame["version"], frame["seq"]) == ("state", 1, 1)
        assert frame["evaluations"] == [client.get(f"/api/v1/groups/{group_id}/risk").json()]


def test_a_change_is_told_as_it_happens(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    group_id = group("Funded", first, second)
    snapshot(first, 49_900)
    snapshot(second, 49_800)
    with client.websocket_connect(one(group_id)) as socket:
        (before,) = told(socket)["evaluations"]
        assert before["weakest_account_id"] == second
        snapshot(first, 47_000)
        frame = told(socket)
        while frame["evaluation"]["overall_status"] != "violated":
            frame = told(socket)
        assert frame["evaluation"]["weakest_account_id"] == first
        assert frame["evaluation"]["rule_states"]["max_loss"]["buffer"] == -1_000


def test_an_event_is_a_change_like_a_snapshot(client, account, group, snapshot):
    """1,500 less in the account are a broken daily loss until the payout is told."""
    member = account("7741", rules=[{"kind": "daily_loss", "limit_amount": 1_000}])
    group_id = group("Funded", member)
    snapshot(member, 50_000, taken_at="2026-03-02T14:58:00Z")
    snapshot(member, 48_500)
    with client.websocket_connect(one(group_id)) as socket:
        (before,) = told(socket)["evaluations"]
        assert before["overall_status"] == "violated"
        payout = {"kind": "payout", "happened_at": "2026-03-02T14:59:00Z", "amount": 1_500}
        event = client.post(f"/api/v1/accounts/{member}/events", json=payout).json()
        frame = told(socket)
        assert (frame["seq"], frame["evaluation"]["overall_status"]) == (2, "safe")
        client.delete(f"/api/v1/accounts/{member}/events/{event['id']}")
        assert told(socket)["evaluation"] == before


def test_seq_rises_by_one_with_each_message(client, account, group, snapshot):
    member = account("7741")
    group_id = group("Funded", member)
    with client.websocket_connect(one(group_id)) as socket:
        seqs = [told(socket)["seq"]]
        for equity in (49_900, 49_800, 49_700):
            snapshot(member, equity)
            seqs.append(told(socket)["seq"])
    assert seqs == [1, 2, 3, 4]


def test_a_socket_for_all_tells_of_every_group_worst_first(client, account, group, snapshot):
    first, second = account("7741"), account("7742")
    good, bad = group("Good", first), group("Bad", second)
    snapshot(first, 50_000)
    snapshot(second, 47_000)
    with client.websocket_connect(ALL) as socket:
        assert [e["group_id"] for e in told(socket)["evaluations"]] == [bad, good]


def test_an_empty_desk_has_a_state_and_new_groups_come(client, group):
    with client.websocket_connect(ALL) as socket:
        assert told(socket)["evaluations"] == []
        group_id = group("Funded")
        assert told(socket)["evaluation"]["group_id"] == group_id


def test_a_group_that_is_deleted_is_told(client, group):
    kept, deleted = group("Kept"), group("Deleted")
    with client.websocket_connect(ALL) as socket:
        told(socket)
        client.delete(f"/api/v1/groups/{deleted}")
        frame = told(socket)
        while frame["type"] != "gone":
            frame = told(socket)
        assert frame["group_id"] == deleted
        client.put(f"/api/v1/groups/{kept}", json={"name": "Kept", "currency": "EUR"})
        assert told(socket)["evaluation"]["group_id"] == kept


def test_a_socket_for_a_deleted_group_ends(client, group):
    group_id = group("Funded")
    with client.websocket_connect(one(group_id)) as socket:
        told(socket)
        client.delete(f"/api/v1/groups/{group_id}")
        frame = told(socket)
        while frame["type"] != "gone":
            frame = told(socket)
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_json()
        assert ended.value.code == 4404


@pytest.mark.parametrize("group_id", [str(UUID(int=404)), "not-an-id"])
def test_a_socket_for_a_missing_group_is_not_opened(client, desk, group_id):
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect(one(group_id)),
    ):
        pass
    assert denied.value.status_code == 404
    assert denied.value.headers["content-type"] == "application/problem+json"
    assert desk.hub.listeners() == ()


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:9999", "http://localhost.evil"]
)
def test_a_page_of_another_site_gets_no_socket(client, desk, group, origin):
    for path in (ALL, one(group(origin))):
        with (
            pytest.raises(WebSocketDenialResponse) as denied,
            client.websocket_connect(path, headers=from_page(origin)),
        ):
            pass
        assert denied.value.status_code == 403
    assert desk.hub.listeners() == ()


def test_a_name_somebody_points_here_gets_no_socket(client):
    headers = {"host": "evil.example", "origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect(ALL, headers=headers),
    ):
        pass
    assert denied.value.status_code == 403


def test_a_page_of_the_desk_gets_a_socket(client):
    with client.websocket_connect(ALL, headers=from_page("http://localhost")) as socket:
        assert told(socket)["type"] == "state"


def test_what_a_client_says_does_not_matter(client, group):
    with client.websocket_connect(ALL) as socket:
        told(socket)
        socket.send_text("x" * 4_096)
        socket.send_bytes(b"x" * 4_096)
        group("Funded")
        assert told(socket)["type"] == "change"


@pytest.mark.parametrize("kind", ["text", "bytes"])
def test_a_client_that_says_something_long_is_closed(client, kind):
    with client.websocket_connect(ALL) as socket:
        told(socket)
        if kind == "text":
            socket.send_text("é" * 2_049)
        else:
            socket.send_bytes(b"x" * 4_097)
        assert_closed(socket, 1009)


def test_a_client_that_talks_too_much_is_closed(client):
    with client.websocket_connect(ALL) as socket:
        told(socket)
        for _ in range(60):
            socket.send_text("hello")
        assert_closed(socket, 1008)


def assert_closed(socket, code):
    with pytest.raises(WebSocketDisconnect) as ended:
        socket.receive_json()
    assert ended.value.code == code


def test_a_quiet_desk_says_that_it_is_there(client, monkeypatch):
    monkeypatch.setattr(sockets, "HEARTBEAT_SECONDS", 0.01)
    with client.websocket_connect(ALL) as socket:
        told(socket)
        assert told(socket) == {"type": "heartbeat", "version": 1, "seq": 1}
        assert told(socket)["seq"] == 1


def test_a_desk_that_stops_says_goodbye(client, desk):
    with client.websocket_connect(ALL) as socket:
        told(socket)
        desk.hub.close()
        assert_closed(socket, 1001)
    with (
        pytest.raises(WebSocketDenialResponse) as denied,
        client.websocket_connect(ALL),
    ):
        pass
    assert denied.value.status_code == 503


def test_nobody_is_told_who_has_gone(client, desk):
    with client.websocket_connect(ALL) as socket:
        told(socket)
        assert len(desk.hub.listeners()) == 1
    assert desk.hub.listeners() == ()


class Client:
    """A socket's far end that never reads: `send_text` does not return."""

    client = None

    def __init__(self):
        self.closed_with = None

    async def accept(self):
        pass

    async def receive(self):
        await asyncio.Event().wait()

    async def send_text(self, text):
        await asyncio.Event().wait()

    async def close(self, code):
        self.closed_with = code


def test_a_client_that_does_not_read_is_given_up(desk, monkeypatch):
    monkeypatch.setattr(sockets, "SEND_SECONDS", 0.01)
    client = Client()

    async def run():
        changes = sockets.subscription(desk, LOCAL_USER, None)
        await sockets.follow(client, changes, list, "full")

    asyncio.run(run())
    assert client.closed_with == 1013
    assert desk.hub.listeners() == ()


def test_a_change_while_the_state_is_read_is_told_after_it(desk, client, account, group):
    """The state is read, then a second account comes in before the state is sent."""
    group_id = UUID(group("Funded", account("7741")))

    async def run():
        changes = sockets.subscription(desk, LOCAL_USER, group_id)
        state = risk.answer_groups(desk, LOCAL_USER, group_id)
        changes.told(state)
        await asyncio.to_thread(
            client.post, f"/api/v1/groups/{group_id}/accounts", json={"account_id": account("7742")}
        )
        frames = sockets.frames(changes, state, SPOKEN["full"])
        return [json.loads(await anext(frames)) for _ in range(2)]

    first, second = asyncio.run(run())
    assert (first["type"], len(first["evaluations"][0]["members"])) == ("state", 1)
    assert (second["type"], len(second["evaluation"]["members"])) == ("change", 2)


def test_a_client_may_ask_for_no_more_than_that_something_changed(client, account, group, snapshot):
    member = account("7741")
    group_id = group("Funded", member)
    for path in (one(group_id), ALL):
        snapshot(member, 49_900)
        with client.websocket_connect(f"{path}?detail=brief") as socket:
            (before,) = told(socket, BRIEF_FRAMES)["groups"]
            assert before["group_id"] == group_id
            snapshot(member, 48_000)
            frame = told(socket, BRIEF_FRAMES)
            assert frame["seq"] == 2
            assert frame["group"]["buffer"] < before["buffer"]
            assert set(frame["group"]) == set(messages.GroupBrief.model_fields)


def test_a_detail_nobody_knows_opens_no_socket(client):
    with (
        pytest.raises(WebSocketDenialResponse),
        client.websocket_connect(f"{ALL}?detail=everything"),
    ):
        pass
