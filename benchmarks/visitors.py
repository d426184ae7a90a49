"""Visitors: open boards without a browser, which ask the desk for what a browser would.

Each speaks Streamlit's own protocol and listens to the desk's socket, as
riskcore/ui/push.js does: a change makes it ask to look, at once, then at most every
LOOK_SECONDS and never before the last look was answered.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from time import perf_counter

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

LOOK_SECONDS = 0.25
LOOK = json.dumps([{"event": "look", "value": "changed"}])
TRIGGER = "$$STREAMLIT_INTERNAL_KEY_{}__events"
OVER = {
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
}


class Visitor:
    """One open board: what its gauges say, how often it looked and for how long it waited."""

    def __init__(self) -> None:
        self.gauges: dict[str, str] = {}
        self.looks = self.bytes = 0
        self.waited: list[float] = []
        self._script = self._component = ""
        self._changed = asyncio.Event()
        self._drawn = asyncio.Event()

    async def visit(self, page: ClientConnection, desk: ClientConnection) -> None:
        """Draw the board, then follow it until the sockets end."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(page))
            await page.send(self._request())
            await self._drawn.wait()
            tasks.create_task(self._listen(desk))
            tasks.create_task(self._look(page))

    async def _read(self, page: ClientConnection) -> None:
        async for frame in page:
            self.bytes += len(frame)
            message = ForwardMsg()
            message.ParseFromString(bytes(frame, "utf-8") if isinstance(frame, str) else frame)
            self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._script = message.navigation.page_script_hash
        elif kind == "delta" and message.delta.new_element.HasField("echarts_chart"):
            title, _, said = message.delta.new_element.echarts_chart.alt.partition(": ")
            self.gauges[title] = said
        elif kind == "delta" and message.delta.new_element.HasField("bidi_component"):
            self._component = message.delta.new_element.bidi_component.id
        elif kind == "script_finished" and message.script_finished in OVER and self._component:
            self._drawn.set()

    async def _listen(self, desk: ClientConnection) -> None:
        async for frame in desk:
            if json.loads(frame)["type"] in {"state", "change", "gone"}:
                self._changed.set()

    async def _look(self, page: ClientConnection) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._drawn.clear()
            began = perf_counter()
            await page.send(self._request(TRIGGER.format(self._component)))
            await self._drawn.wait()
            self.looks += 1
            self.waited.append((perf_counter() - began) * 1_000)
            await asyncio.sleep(max(0.0, began + LOOK_SECONDS - perf_counter()))

    def _request(self, trigger: str = "") -> bytes:
        """What the browser sends to have the page, or a part of it, drawn."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._script
        message.rerun_script.widget_states.SetInParent()
        if trigger:
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id, widget.json_trigger_value = trigger, LOOK
        return message.SerializeToString()


@asynccontextmanager
async def visitors(url: str, count: int) -> AsyncIterator[list[Visitor]]:
    """So many boards of the desk at `url`, all drawn."""
    place = url.replace("http://", "ws://")
    opened = [Visitor() for _ in range(count)]
    async with AsyncExitStack() as stack:
        visits = []
        for visitor in opened:
            page = await stack.enter_async_context(
                connect(
                    f"{place}/_stcore/stream", proxy=None, max_size=None, subprotocols=["streamlit"]
                )
            )
            desk = await stack.enter_async_context(
                connect(f"{place}/api/v1/ws?detail=brief", proxy=None, max_size=None)
            )
            visits.append(asyncio.create_task(visitor.visit(page, desk)))
        while not all(visitor.looks for visitor in opened):
            await asyncio.sleep(0.05)
        yield opened
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
