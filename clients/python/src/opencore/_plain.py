"""Actors whose code is plain functions: one thread handles, one message after
the other."""

from __future__ import annotations

import collections
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any

import msgspec

from . import _link, _ports
from ._actor import Actor
from ._codec import Batch, Problem
from ._ports import Out, RequestError
from ._session import Incoming, PortAbout, Session, topics_of

PATIENCE = 0.005  # seconds that a message waits for others while its batch is handled
_GRACE = 1.0  # seconds that a source has to look up when it is stopped
_AT_ONCE = 1_000  # requests that are handled together, or asked at a time


class Pending:
    """A request under way."""

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        self._read = read
        self._frame: bytes | None = None
        self._error = ""
        self.arrived = False

    def set(self, kind: str, fields: list[Any], frames: list[bytes]) -> None:
        if kind == "reply":
            self._frame = frames[1]
        else:
            self._error = fields[2]
        self.arrived = True

    def value(self) -> Any:
        if self._frame is None:
            raise RequestError(self._error)
        return self._read(self._frame)


class Asking(Session):
    """Requests of a plain actor."""

    pending: dict[int, Pending]

    def __init__(self, link: _link.Link) -> None:
        super().__init__(link)
        self.pending = {}

    def ask(self, port: str, request: Any) -> Any:
        return self._await(self.start(port, request))

    def ask_many(self, port: str, requests: Iterable[Any]) -> Iterator[Any]:
        under_way: collections.deque[Pending] = collections.deque()
        room = _AT_ONCE if self.asked[port].about.pattern == "dealer" else 1
        for request in requests:
            if len(under_way) == room:
                yield self._await(under_way.popleft())
            under_way.append(self.start(port, request))
        while under_way:
            yield self._await(under_way.popleft())

    async def ask_async(self, port: str, request: Any) -> Any:
        return self.ask(port, request)

    def start(self, port: str, request: Any) -> Pending:
        """Sends a request."""
        if not self.going:
            raise RuntimeError(f"{port!r} can't ask yet: the run has not begun")
        asked, number = self.asked[port], next(self.ids)
        data = asked.write(request)
        self.pending[number] = pending = self.new_pending(asked.read)
        self.link.send((_link.packed("request", port, number), data))
        return pending

    def new_pending(self, read: Callable[[bytes], Any]) -> Pending:
        return Pending(read)

    def _await(self, pending: Pending) -> Any:
        self.until(pending)
        return pending.value()

    def until(self, pending: Pending) -> None:
        """Waits for an answer."""
        raise NotImplementedError

    def answered(self, kind: str, fields: list[Any], frames: list[bytes]) -> None:
        """Takes a reply, or an error; one that nobody waits for is late."""
        pending = self.pending.pop(fields[1], None)
        if pending is not None:
            pending.set(kind, fields, frames)


def matched(requests: list[Any], replies: Iterable[Any]) -> list[Any]:
    """Gives the replies to requests that have been handled together."""
    replies = list(replies)
    if len(replies) != len(requests):
        raise ValueError(f"{len(replies)} replies to {len(requests)} requests")
    return replies


class Server(Asking):
    """Runs an actor with in-ports."""

    def __init__(self, link: _link.Link) -> None:
        super().__init__(link)
        self._thread = threading.get_ident()
        self._later: collections.deque[list[bytes]] = collections.deque()

    def run(self, actor: Actor) -> None:
        self.link.say("ready")
        while True:
            frames = self._later.popleft() if self._later else self.link.receive()
            kind, *fields = _link.header(frames[0])
            if kind == "batch":
                self._batch(fields, frames)
            elif kind == "request":
                self._request(fields, frames)
            elif kind in ("reply", "error"):
                self.answered(kind, fields, frames)
            elif kind == "go":
                self.going = True
            elif kind == "end":
                break
        stop = actor.hook("stop")
        if stop is not None:
            self.emit(stop())
        self.end()

    def until(self, pending: Pending) -> None:
        if threading.get_ident() != self._thread:
            raise RuntimeError("only the thread that handles messages can ask")
        while not pending.arrived:
            frames = self.link.receive_now()
            if frames is None:  # nothing waits for its frame to fill while this waits
                self.flush()
                frames = self.link.receive()
            kind, *fields = _link.header(frames[0])
            if kind in ("reply", "error"):
                self.answered(kind, fields, frames)
            else:
                self._later.append(frames)

    def urge(self, out: Out[Any]) -> None:
        if threading.get_ident() != self._thread:
            out.flush()

    def _batch(self, fields: list[Any], frames: list[bytes]) -> None:
        port = self.incoming[fields[0]]
        batch = port.reader.all(frames[1])
        problems = batch.problems
        if port.handler.batch:
            problems += self._together(port, batch, frames)
        elif port.handler.topic:
            with_topics = list(zip(batch.messages, topics_of(frames, batch)))
            problems += self._each(port, batch, with_topics, lambda both: port.handler.call(*both))
        else:
            problems += self._each(port, batch, batch.messages, port.handler.call)
        self.done(fields[1], problems)

    def _each(self, port: Incoming, batch: Batch, arguments: list[Any], call: Callable[[Any], Any]) -> list[Problem]:
        problems: list[Problem] = []
        emit, clock = self.emit, time.monotonic
        add = emit if self.only is None else self.only.add
        due = clock() + PATIENCE
        for place, argument in enumerate(arguments):
            try:
                result = call(argument)
                if isinstance(result, msgspec.Struct):  # what emit would do, sooner
                    add(result)
                elif result is not None:
                    emit(result)
            except Exception as error:
                problems += self.blame(port.handler, batch, place, error)
            if clock() > due:
                self.flush()
                due = clock() + PATIENCE
        return problems

    def _together(self, port: Incoming, batch: Batch, frames: list[bytes]) -> list[Problem]:
        if not batch.messages:
            return []
        more = [topics_of(frames, batch)] if port.handler.topic else []
        try:
            self.emit(port.handler.call(batch.messages, *more))
        except Exception as error:
            return self.blame(port.handler, batch, 0, error)
        return []

    def _request(self, fields: list[Any], frames: list[bytes]) -> None:
        port = self.incoming[fields[0]]
        if port.handler.batch:
            self._requests(port, fields[1], frames[1])
            return
        number: int = fields[1]
        try:
            request = port.reader.one(frames[1])
            if port.handler.reply:
                port.handler.call(request, self.way_back(port, number))
                self.flush()
                return
            reply = port.handler.call(request)
        except Exception as error:
            reply = error
        self.flush()
        self.answer(port, number, reply)

    def _requests(self, port: Incoming, number: int, frame: bytes) -> None:
        """Handles the requests that are there already together."""
        numbers, requests = self.read_requests(port, [(number, frame), *self._waiting(port)])
        try:
            replies = matched(requests, port.handler.call(requests)) if requests else []
        except Exception as error:
            replies = [error] * len(requests)
        self.flush()
        for number, reply in zip(numbers, replies):
            self.answer(port, number, reply)

    def _waiting(self, port: Incoming) -> Iterator[tuple[int, bytes]]:
        for _ in range(_AT_ONCE - 1):
            frames = self.link.receive_now()
            if frames is None:
                return
            kind, *fields = _link.header(frames[0])
            if kind != "request" or fields[0] != port.name:
                self._later.append(frames)
                return
            yield fields[1], frames[1]


class _Stopped(BaseException):
    """Ends a source that has been stopped."""


class Source(Asking):
    """Runs an actor without in-ports. Its own code has the main thread; beside
    it, another hears the host, and sends what waits while the code is busy
    elsewhere."""

    def __init__(self, link: _link.Link) -> None:
        super().__init__(link)
        self._main = threading.get_ident()
        self._urged = False
        self._stopping = False
        self._ended = False
        self._stopped = False
        self._answer = threading.Condition()

    def run(self, actor: Actor) -> None:
        make = actor.source()
        assert make is not None  # it has been looked for
        self.link.say("ready")
        while not self.going:
            self._hear(self.link.receive())
        signal.signal(signal.SIGUSR1, self._interrupted)
        companion = threading.Thread(target=self._accompany, name="opencore", daemon=True)
        companion.start()
        try:
            self._emit_all(make())
        except _Stopped:
            pass
        finally:
            self._ended = True
            self.link.wake()
            companion.join()
        self.end()

    def _emit_all(self, results: Any) -> None:
        if not isinstance(results, Iterable) or isinstance(results, (msgspec.Struct, dict)):
            self.emit(results)
            return
        for result in results:
            self.emit(result)
            if self._stopping:
                break
        if close := getattr(results, "close", None):
            close()

    def _accompany(self) -> None:
        while not self._ended:
            frames = self.link.receive_until(lambda: self._urged or self._ended, _GRACE if self._stopping else None)
            if frames is not None:
                self._hear(frames)
            elif self._urged:
                self._urged = False
                self.flush()
            elif self._stopping and not self._ended:
                signal.pthread_kill(self._main, signal.SIGUSR1)

    def _hear(self, frames: list[bytes]) -> None:
        kind, *fields = _link.header(frames[0])
        if kind == "go":
            self.going = True
        elif kind == "stop":
            self._stopping = True
        elif kind in ("reply", "error"):
            self.answered(kind, fields, frames)

    def _deliver(self, name: str, port: PortAbout) -> Callable[[list[Any]], int]:
        deliver = super()._deliver(name, port)

        def deliver_or_stop(messages: list[Any]) -> int:
            size = deliver(messages)
            if self._stopping and threading.get_ident() == self._main:
                self._stop()
            return size

        return deliver_or_stop

    def _interrupted(self, signal: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_globals.get("__name__") not in (_ports.__name__, _link.__name__):
            frame = frame.f_back
        if frame is None:  # what is being sent is not torn apart
            self._stop()

    def _stop(self) -> None:
        """Ends the source's code, once: what it does about that it may do."""
        if not self._ended and not self._stopped:
            self._stopped = True
            raise _Stopped

    def until(self, pending: Pending) -> None:
        with self._answer:
            self._answer.wait_for(lambda: pending.arrived)

    def answered(self, kind: str, fields: list[Any], frames: list[bytes]) -> None:
        with self._answer:
            super().answered(kind, fields, frames)
            self._answer.notify_all()

    def urge(self, out: Out[Any]) -> None:
        self._urged = True
        self.link.wake()
