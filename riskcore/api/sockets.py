"""Sockets: the full state first, then a message for each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Query, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message as Received
from starlette.websockets import WebSocketDisconnect

from riskcore.api import messages
from riskcore.api.deadline import set_deadline
from riskcore.api.identity import TheDesk, User
from riskcore.api.spoken import SPOKEN, Spoken
from riskcore.api.values import Id
from riskcore.live.answers import Answer
from riskcore.live.hub import HubClosed, Subscription
from riskcore.services import risk
from riskcore.services.desk import Desk

HEARTBEAT_SECONDS = 10.0
SEND_SECONDS = 5.0
DEADLINE_SECONDS = 8.0
LONGEST_MESSAGE = 4_096
MOST_MESSAGES, MESSAGES_SECONDS = 60, 60.0

GOING_AWAY, TOO_MANY, TOO_LONG, TOO_SLOW, GONE = 1001, 1008, 1009, 1013, 4404

Detail: TypeAlias = Annotated[Literal["full", "brief"], Query()]
State: TypeAlias = Callable[[], Sequence[Answer]]

router = APIRouter()


@router.websocket("/groups/{group_id}/ws")
async def follow_group(
    socket: WebSocket, group_id: Id, desk: TheDesk, user_id: User, detail: Detail = "full"
) -> None:
    """The state of one group and each of its changes."""

    def state() -> Sequence[Answer]:
        return risk.answer_groups(desk, user_id, group_id)

    await follow(socket, subscription(desk, user_id, group_id), state, detail)


@router.websocket("/ws")
async def follow_groups(
    socket: WebSocket, desk: TheDesk, user_id: User, detail: Detail = "full"
) -> None:
    """The state of all groups of the caller, worst first, and each of their changes."""

    def state() -> Sequence[Answer]:
        return risk.answer_groups(desk, user_id)

    await follow(socket, subscription(desk, user_id, None), state, detail)


def subscription(desk: Desk, user_id: str, group_id: UUID | None) -> Subscription:
    """What a socket listens to; refused while the desk is stopping."""
    try:
        return desk.hub.subscribe(user_id, group_id)
    except HubClosed as error:
        raise HTTPException(503, "the desk is stopping") from error


async def follow(socket: WebSocket, changes: Subscription, state: State, detail: str) -> None:
    """Tell a client `state`, then `changes`, until one of the two ends.

    `state` is read after the subscription began, so that no change falls between them;
    it raises Missing before the socket is accepted.
    """
    try:
        answers = await run_in_threadpool(state)
        changes.told(answers)
        await socket.accept()
        if socket.client:
            far_end = socket.client.host, socket.client.port
            await run_in_threadpool(set_deadline, far_end, DEADLINE_SECONDS)
        code = await first_of(listen(socket), tell(socket, changes, answers, SPOKEN[detail]))
    finally:
        changes.close()
    if code is not None:
        await hang_up(socket, code)


async def first_of(*works: Coroutine[None, None, int | None]) -> int | None:
    """The answer of the first of `works` that ends; the others are given up."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return ended.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def listen(socket: WebSocket) -> int | None:
    """Read until the client goes (None) or says too much (the code to close with).

    Nothing it says matters; unread, its going would not be noticed and the server could
    not stop.
    """
    clock = asyncio.get_running_loop().time
    while True:
        started = clock()
        for _ in range(MOST_MESSAGES):
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return None
            if length(message) > LONGEST_MESSAGE:
                return TOO_LONG
        if clock() - started < MESSAGES_SECONDS:
            return TOO_MANY


def length(message: Received) -> int:
    """How many bytes a client's message has."""
    return len(message.get("bytes") or (message.get("text") or "").encode())


async def tell(
    socket: WebSocket, changes: Subscription, answers: Sequence[Answer], spoken: Spoken
) -> int | None:
    """Send the state and each change; ends with the code to close with, None if it is gone."""
    async for frame in frames(changes, answers, spoken):
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_text(frame)
        except TimeoutError:
            return TOO_SLOW
        except WebSocketDisconnect:
            return None
    return GONE if changes.is_over else GOING_AWAY


async def frames(
    changes: Subscription, answers: Sequence[Answer], spoken: Spoken
) -> AsyncIterator[str]:
    """Everything a socket says: the state, each change, and that there was none."""
    seq = 1
    yield spoken.state(seq, answers)
    while not changes.is_over:
        try:
            message = await asyncio.wait_for(changes.next(), HEARTBEAT_SECONDS)
        except TimeoutError:
            yield messages.Heartbeat(seq=seq).model_dump_json()
            continue
        except HubClosed:
            return
        for answer in message.answers:
            seq += 1
            yield spoken.change(seq, answer)
        for group_id in message.gone:
            seq += 1
            yield messages.GoneMessage(seq=seq, group_id=group_id).model_dump_json()


async def hang_up(socket: WebSocket, code: int) -> None:
    """Close a socket, without waiting long for a client that does not answer."""
    with suppress(TimeoutError, WebSocketDisconnect):
        async with asyncio.timeout(SEND_SECONDS):
            await socket.close(code)
