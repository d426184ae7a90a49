"""The hub: everybody who listens hears of each change once, the newest in place of the older."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from riskcore.domain.model import GroupRiskEvaluation
from riskcore.domain.status import Status
from riskcore.live.answers import Answer
from riskcore.live.hub import Hub, HubClosed

NOW = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
GROUP, OTHER = UUID(int=1), UUID(int=2)


def answer(version: int, group_id: UUID = GROUP) -> Answer:
    evaluation = GroupRiskEvaluation(
        group_id=group_id,
        overall_status=Status.SAFE,
        weakest_account_id=None,
        weakest_rule=None,
        rule_states={},
        timestamp=NOW,
        as_of=NOW,
        reason="",
    )
    return Answer(evaluation, until_us=2**60, words_until_us=2**60, version=version)


async def heard(subscription):
    """What the next message says: the version of each answer, and what is gone."""
    message = await asyncio.wait_for(subscription.next(), 5)
    return [one.version for one in message.answers], list(message.gone)


def test_a_slow_listener_gets_only_the_newest_answer_of_a_group():
    """Three changes before it reads: one message, the last of them."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        for version in (1, 2, 3):
            hub.publish("local", answer(version))
        return await heard(subscription)

    assert asyncio.run(listen()) == ([3], [])


def test_a_listener_is_told_nothing_it_knows_already():
    """It has read version 1; told 1 again, and then 2: one message, 2."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local", GROUP)
        subscription.told([answer(1)])
        hub.publish("local", answer(1))
        hub.publish("local", answer(2))
        return await heard(subscription)

    assert asyncio.run(listen()) == ([2], [])


def test_a_change_between_subscribing_and_reading_the_state_is_not_lost():
    """Version 2 is published before the state, still 1, is said: 2 comes as a change."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        hub.publish("local", answer(2))
        subscription.told([answer(1)])
        return await heard(subscription)

    assert asyncio.run(listen()) == ([2], [])


def test_a_state_that_is_newer_than_what_waits_comes_alone():
    """Version 2 waits when the state, already 3, is said: only 4 is a change after it."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local")
        hub.publish("local", answer(2))
        subscription.told([answer(3)])
        hub.publish("local", answer(4))
        return await heard(subscription)

    assert asyncio.run(listen()) == ([4], [])


@pytest.mark.parametrize(("user", "group"), [("somebody else", GROUP), ("local", OTHER)])
def test_a_listener_hears_nothing_of_what_it_did_not_ask_for(user, group):
    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local", GROUP)
        hub.publish(user, answer(1, group))
        hub.publish_gone(user, group)
        hub.publish("local", answer(2))
        return await heard(subscription)

    assert asyncio.run(listen()) == ([2], [])


def test_somebody_wants_a_group_while_they_listen_to_it_or_to_all():
    async def listen():
        hub = Hub()
        wanted = [hub.is_wanted("local", GROUP)]
        for group_id in (GROUP, None):
            subscription = hub.subscribe("local", group_id)
            wanted += [hub.is_wanted("local", GROUP), hub.is_wanted("else", GROUP)]
            subscription.close()
        return [*wanted, hub.is_wanted("local", GROUP)]

    assert asyncio.run(listen()) == [False, True, False, True, False, False]


@pytest.mark.parametrize(("asked", "is_over"), [(None, False), (GROUP, True)])
def test_a_deleted_group_is_said_to_be_gone(asked, is_over):
    """Whoever followed only that one has nothing more to hear."""

    async def listen():
        hub = Hub()
        subscription = hub.subscribe("local", asked)
        hub.publish("local", answer(1))
        hub.publish_gone("local", GROUP)
        return await heard(subscription), subscription.is_over

    assert asyncio.run(listen()) == (([], [GROUP]), is_over)


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
