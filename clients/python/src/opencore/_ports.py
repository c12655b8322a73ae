"""What an actor sends with: outgoing ports, requests and replies."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar

M = TypeVar("M")
Q = TypeVar("Q")
R = TypeVar("R")

_FRAME = 256 << 10  # bytes that a frame should have: larger ones are no faster
_MOST = 10_000  # messages that wait for a frame


class Out(Generic[M]):
    """An outgoing port: push, pub or pair.

    What is sent travels in frames of many messages. It leaves when the handler
    has returned, when a frame is full, or a few milliseconds later, whichever
    is first. Any thread may send.
    """

    def __init__(self, deliver: Callable[[list[Any]], int], urge: Callable[[Out[Any]], None]) -> None:
        self._deliver = deliver
        self._urge = urge
        self._pending: list[M] = []
        self.add = self._pending.append
        """Puts a message with those that wait, for a caller who flushes soon."""
        self._room = 64
        self._urged = False
        self._lock = threading.Lock()

    def send(self, message: M) -> None:
        """Sends a message; waits while the wires behind the port are full."""
        pending = self._pending
        pending.append(message)
        if len(pending) >= self._room:
            self.flush()
        elif not self._urged:
            self._urged = True
            self._urge(self)

    def send_all(self, messages: Iterable[M]) -> None:
        """Sends messages, quicker than one by one."""
        rest = messages if isinstance(messages, list) else list(messages)
        at = 0
        while at < len(rest):
            part = rest[at : at + self._room]
            self._pending += part
            at += len(part)
            if len(self._pending) >= self._room:
                self.flush()
        if self._pending and not self._urged:
            self._urged = True
            self._urge(self)

    def flush(self) -> None:
        """Lets go at once what waits for its frame to fill."""
        # send takes no lock. So the list stays the same one, lest something is
        # put into one that has been sent; and who puts something in after it
        # has been copied urges anew.
        if not self._pending:
            return
        with self._lock:
            self._urged = False
            batch = self._pending[:]
            if not batch:
                return
            del self._pending[: len(batch)]
            size = self._deliver(batch)
            self._room = max(1, min(_MOST, _FRAME * len(batch) // max(1, size)))


class Asker(Protocol):
    """How requests travel; the runner's part of a port."""

    def ask(self, port: str, request: Any) -> Any: ...

    def ask_many(self, port: str, requests: Iterable[Any]) -> Iterator[Any]: ...

    async def ask_async(self, port: str, request: Any) -> Any: ...


class Ask(Generic[Q, R]):
    """A port that asks: req or dealer. Calling it sends a request and waits.

    A failure, also one to answer in time, raises RequestError.
    """

    def __init__(self, asker: Asker, port: str) -> None:
        self._asker = asker
        self._port = port

    def __call__(self, request: Q) -> R:
        reply: R = self._asker.ask(self._port, request)
        return reply

    def many(self, requests: Iterable[Q]) -> Iterator[R]:
        """Asks all, many at a time at a dealer port; gives the replies in their order."""
        return self._asker.ask_many(self._port, requests)


class AsyncAsk(Generic[Q, R]):
    """A port that asks, for actors with async handlers: await the call."""

    def __init__(self, asker: Asker, port: str) -> None:
        self._asker = asker
        self._port = port

    async def __call__(self, request: Q) -> R:
        reply: R = await self._asker.ask_async(self._port, request)
        return reply


class Reply(Generic[R]):
    """The way back of a request that a router port answers later: a handler's second parameter."""

    def __init__(self, answer: Callable[[Any], None], fail: Callable[[str], None]) -> None:
        self._answer = answer
        self._fail = fail

    def send(self, message: R) -> None:
        """Answers. Whoever answers twice answers once."""
        self._answer(message)

    def fail(self, reason: str) -> None:
        """Answers with an error."""
        self._fail(reason)


class RequestError(Exception):
    """A request has failed; the text says why."""


class Reject(Exception):
    """Raised by a handler: the message is rejected for this reason, which is no
    error of the program's. A handler of batches names the indexes that it
    means; without, it rejects the whole batch."""

    def __init__(self, reason: str, at: Iterable[int] | None = None) -> None:
        super().__init__(reason)
        self.at = None if at is None else list(at)


@dataclasses.dataclass(frozen=True)
class Context:
    """Who an actor is in its run."""

    instance: str = ""
    """The instance's name in the graph."""
    actor: str = ""
    """The actor's name."""
    replica: int = 0
    """Which of the instance's replicas this is, from 0."""
    replicas: int = 1
    incarnation: int = 1
    """1, and one more with each restart."""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    """The parameters, as plain values."""
