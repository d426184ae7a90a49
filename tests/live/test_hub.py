"""The hub: everybody who listens hears of each change once, the newest in place of the older."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from riskcore.domain.model import GroupRiskEvaluation
from riskcore.domain.status import Status
from riskcore.live.hub import Hub, HubClosed

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
GROUP, OTHER = UUID(int=1), UUID(int=2)


def evaluation(group_id: UUID = GROUP, buffer: float = 500.0) -> GroupRiskEvaluation:
    return GroupRiskEvaluation(
        group_id=group_id,
        overall_status=Status.SAFE,
        weakest_account_id=None,
        weakest_rule=None,
        rule_states={},
        timestamp=NOW,
        as_of=NOW,
        reason=f"{buffer} left",
        buffer=buffer,
    )


def test_a_slow_listener_gets_only_the_newest_answer_of_a_group():
    """Three changes before it reads: one message, the last of them."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        for buffer in (400.0, 300.0, 200.0):
            hub.publish("local", evaluation(buffer=buffer))
        return await asyncio.wait_for(subscription.next(), 5)

    message = asyncio.run(listen())
    assert [e.buffer for e in message.evaluations] == [200.0]


def test_a_listener_is_told_nothing_it_knows_already():
    """It has read 500; told 500 again a minute later, and then 499: one message, 499."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local", [GROUP])
        subscription.told([evaluation()])
        later = replace(evaluation(), timestamp=NOW + timedelta(minutes=1), reason="worded anew")
        hub.publish("local", later)
        hub.publish("local", evaluation(buffer=499.0))
        return await asyncio.wait_for(subscription.next(), 5)

    message = asyncio.run(listen())
    assert (message.seq, [e.buffer for e in message.evaluations]) == (1, [499.0])


def test_a_change_between_subscribing_and_reading_the_state_is_not_lost():
    """300 is published before the state, still 500, is said: 300 comes as a change."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        hub.publish("local", evaluation(buffer=300.0))
        subscription.told([evaluation()])
        return await asyncio.wait_for(subscription.next(), 5)

    assert [e.buffer for e in asyncio.run(listen()).evaluations] == [300.0]


@pytest.mark.parametrize(("user", "group"), [("somebody else", GROUP), ("local", OTHER)])
def test_a_listener_hears_nothing_of_what_it_did_not_ask_for(user, group):
    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local", [GROUP])
        hub.publish(user, evaluation(group))
        hub.publish_gone(user, group)
        hub.publish("local", evaluation(buffer=1.0))
        return await asyncio.wait_for(subscription.next(), 5)

    message = asyncio.run(listen())
    assert [(e.group_id, e.buffer) for e in message.evaluations] == [(GROUP, 1.0)]
    assert message.gone == ()


def test_a_deleted_group_is_said_to_be_gone():
    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        hub.publish("local", evaluation())
        hub.publish_gone("local", GROUP)
        return await asyncio.wait_for(subscription.next(), 5)

    message = asyncio.run(listen())
    assert (message.evaluations, message.gone) == ((), (GROUP,))


def test_the_order_of_messages_strictly_rises():
    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        seqs = []
        for buffer in (3.0, 2.0, 1.0):
            hub.publish("local", evaluation(buffer=buffer))
            seqs.append((await asyncio.wait_for(subscription.next(), 5)).seq)
        return seqs

    assert asyncio.run(listen()) == [1, 2, 3]


def test_closing_the_hub_ends_a_listener_that_waits():
    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        waiting = asyncio.create_task(subscription.next())
        await asyncio.sleep(0)
        hub.close()
        with pytest.raises(HubClosed):
            await asyncio.wait_for(waiting, 5)
        with pytest.raises(HubClosed):
            hub.subscribe("local")
        return hub.listeners()

    assert asyncio.run(listen()) == ()
