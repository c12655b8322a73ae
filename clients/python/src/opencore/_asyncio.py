"""Actors whose code is written with async: one event loop. The messages of a
port are handled one after the other, requests side by side."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any

from . import _link
from ._actor import Actor, Misfit, is_async
from ._codec import Batch, Problem
from ._plain import PATIENCE, Asking, Pending, matched
from ._ports import Out
from ._session import Incoming, topics_of


class Awaited(Pending):
    """A request that a coroutine waits for."""

    def __init__(self, read: Callable[[bytes], Any], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(read)
        self.future: asyncio.Future[None] = loop.create_future()

    def set(self, kind: str, fields: list[Any], frames: list[bytes]) -> None:
        super().set(kind, fields, frames)
        if not self.future.done():  # whoever asked may have been cancelled
            self.future.set_result(None)


class Loop(Asking):
    """Runs an actor in an event loop."""

    def __init__(self, link: _link.Link) -> None:
        super().__init__(link)
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._batches: dict[str, asyncio.Queue[tuple[int, list[bytes]]]] = {}
        self._requests: dict[str, list[tuple[int, bytes]]] = {}
        self._answers: set[asyncio.Task[None]] = set()
        self._locks: dict[str, asyncio.Lock] = {}  # of req ports
        self._source: asyncio.Task[None] | None = None
        self._gone: asyncio.Future[None] = self._loop.create_future()
        self._over: asyncio.Future[None] = self._loop.create_future()

    async def run(self, actor: Actor) -> None:
        source = actor.source()
        if source is not None and not is_async(source):
            raise Misfit(f"{actor.name}.run must be async, as other methods are")
        self._locks = {name: asyncio.Lock() for name, asked in self.asked.items() if asked.about.pattern == "req"}
        self._batches = {name: asyncio.Queue() for name in self.incoming}
        handling = [self._task(self._handle(port)) for port in self.incoming.values()]
        for descriptor in self.link.descriptors:
            self._loop.add_reader(descriptor, self._hear)
        self.link.say("ready")
        self._hear()
        if source is not None:
            self._source = self._task(self._run(source))
        await self._over
        await self._settle()
        for task in handling:
            task.cancel()
        stop = actor.hook("stop")
        if stop is not None:
            await self._emit(stop())
        for descriptor in self.link.descriptors:
            self._loop.remove_reader(descriptor)
        self.end()

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = self._loop.create_task(work)
        task.add_done_callback(self._failed)
        return task

    def _failed(self, task: asyncio.Task[None]) -> None:
        """Ends the run with what went wrong where nothing should."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._over.done():
            self._over.set_exception(error)

    async def _settle(self) -> None:
        """Stops what runs beside the handlers, and waits for what is under way."""
        if self._source is not None:
            self._source.cancel()
            await asyncio.wait([self._source])
        if self._answers:
            await asyncio.wait(self._answers)

    async def _run(self, source: Callable[[], Any]) -> None:
        await self._gone
        await self._emit(source())
        if self.about.source and not self._over.done():
            self._over.set_result(None)

    async def _emit(self, result: Any) -> None:
        """Sends what a function has returned, or yields."""
        if inspect.isawaitable(result):
            result = await result
        if isinstance(result, AsyncIterator):
            async for message in result:
                self.emit(message)
        elif result is not None:
            self.emit(result)

    def urge(self, out: Out[Any]) -> None:
        if threading.get_ident() == self._thread:
            self._loop.call_soon(out.flush)
        else:
            self._loop.call_soon_threadsafe(out.flush)

    def _hear(self) -> None:
        self.link.hush()
        while (frames := self.link.receive_now(else_wait=True)) is not None:
            self._take(frames)

    def _take(self, frames: list[bytes]) -> None:
        kind, *fields = _link.header(frames[0])
        if kind == "batch":
            self._batches[fields[0]].put_nowait((fields[1], frames))
        elif kind == "request":
            self._request(self.incoming[fields[0]], fields[1], frames[1])
        elif kind in ("reply", "error"):
            self.answered(kind, fields, frames)
        elif kind == "go":
            self.going = True
            self._gone.set_result(None)
        elif kind in ("end", "stop") and not self._over.done():
            self._over.set_result(None)

    async def _handle(self, port: Incoming) -> None:
        batches = self._batches[port.name]
        while True:
            number, frames = await batches.get()
            batch = port.reader.all(frames[1])
            problems = batch.problems + await self._handled(port, batch, frames)
            self.done(number, problems)

    async def _handled(self, port: Incoming, batch: Batch, frames: list[bytes]) -> list[Problem]:
        topics = topics_of(frames, batch) if port.handler.topic else None
        if not port.handler.batch:
            return await self._each(port, batch, zip(batch.messages, topics) if topics else zip(batch.messages))
        try:
            if batch.messages:
                await self._emit(port.handler.call(batch.messages, *([topics] if topics else [])))
        except Exception as error:
            return self.blame(port.handler, batch, 0, error)
        return []

    async def _each(self, port: Incoming, batch: Batch, arguments: Iterable[tuple[Any, ...]]) -> list[Problem]:
        problems: list[Problem] = []
        call, waits, clock = port.handler.call, is_async(port.handler.call), time.monotonic
        due = clock() + PATIENCE
        for place, message in enumerate(arguments):
            try:
                result = call(*message)
                if waits:
                    await self._emit(result)
                elif result is not None:
                    self.emit(result)
            except Exception as error:
                problems += self.blame(port.handler, batch, place, error)
            if clock() > due:
                self.flush()
                due = clock() + PATIENCE
        return problems

    def _request(self, port: Incoming, number: int, frame: bytes) -> None:
        if not port.handler.batch:
            self._answer(self._reply(port, number, frame))
            return
        gathered = self._requests.setdefault(port.name, [])
        gathered.append((number, frame))
        if len(gathered) == 1:
            self._loop.call_soon(self._together, port)

    def _answer(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._task(work)
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _reply(self, port: Incoming, number: int, frame: bytes) -> None:
        reply: Any = None
        try:
            more = [self.way_back(port, number)] if port.handler.reply else []
            reply = port.handler.call(port.reader.one(frame), *more)
            if is_async(port.handler.call):
                reply = await reply
        except Exception as error:
            reply = error
        self.flush()
        if not port.handler.reply or isinstance(reply, Exception):
            self.answer(port, number, reply)

    def _together(self, port: Incoming) -> None:
        """Handles the requests that have come at once together."""
        gathered = self._requests.pop(port.name)
        numbers, requests = self.read_requests(port, gathered)
        if requests:
            self._answer(self._replies(port, numbers, requests))

    async def _replies(self, port: Incoming, numbers: list[int], requests: list[Any]) -> None:
        try:
            result = port.handler.call(requests)
            replies = matched(requests, await result if is_async(port.handler.call) else result)
        except Exception as error:
            replies = [error] * len(requests)
        self.flush()
        for number, reply in zip(numbers, replies):
            self.answer(port, number, reply)

    def new_pending(self, read: Callable[[bytes], Any]) -> Pending:
        return Awaited(read, self._loop)

    def until(self, pending: Pending) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("only the thread that handles messages can ask")
        self.flush()
        while not pending.arrived:
            self._take(self.link.receive())

    async def ask_async(self, port: str, request: Any) -> Any:
        lock = self._locks.get(port)
        if lock is None:
            return await self._awaited(port, request)
        async with lock:
            return await self._awaited(port, request)

    async def _awaited(self, port: str, request: Any) -> Any:
        pending = self.start(port, request)
        assert isinstance(pending, Awaited)
        await pending.future
        return pending.value()
