"""Tests of actors without opencore, sockets or processes.

    from opencore.testing import Trial

    def test_greeter() -> None:
        trial = Trial(Greeter, word="Hello")
        trial.send("people", Person(name="Ada"))
        assert trial.sent("greetings") == [Greeting(text="Hello, Ada!")]

What a run does, a trial does: it makes the actor with its parameters and
ports, calls its handlers one at a time, and keeps what they send.
"""

from __future__ import annotations

import asyncio
import collections
import inspect
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import msgspec

from ._actor import MISSING, Actor, Handler, Hint, Misfit, port_type
from ._ports import Ask, AsyncAsk, Context, Out, Reject, Reply, RequestError
from ._session import is_message

__all__ = ["Trial"]

_RETURNED = ""  # the port of what is returned or yielded, where no Out tells its name


class Trial:
    """An actor that is tried.

    answers says how the ports that ask are answered: a function from request
    to reply by the port's name. One that raises answers with an error.
    """

    def __init__(
        self,
        target: Callable[..., Any],
        *,
        context: Context | None = None,
        answers: dict[str, Callable[[Any], Any]] | None = None,
        **params: Any,
    ) -> None:
        self._params = params
        self._context = context or Context(instance="trial", actor=getattr(target, "__name__", ""), params=params)
        self._answers = answers or {}
        self._sent: dict[str, list[Any]] = collections.defaultdict(list)
        self._outs: list[str] = []
        self._most: int | None = None
        self._loop = asyncio.new_event_loop()
        weakref.finalize(self, self._loop.close)
        self.rejected: list[str] = []
        """The reasons of Reject, in the order raised. What else a handler
        raises, a trial raises."""
        self._actor = Actor(target, self._provide)
        self._hook("start")

    def send(self, port: str, *messages: Any, topic: str = "") -> None:
        """Hands messages to a port; all at once, if its handler takes lists."""
        handler = self._handler(port)
        topics: list[Any] = [[topic] * len(messages)] if handler.batch else [topic]
        for argument in [list(messages)] if handler.batch else messages:
            try:
                self._emit(handler.call(argument, *(topics if handler.topic else [])))
            except Reject as error:
                self.rejected.append(str(error))

    def request(self, port: str, request: Any) -> Any:
        """Sends a request to a port and gives the reply. An error reply raises
        RequestError."""
        return self.requests(port, request)[0]

    def requests(self, port: str, *requests: Any) -> list[Any]:
        """Sends several requests, together if the handler takes lists."""
        handler = self._handler(port)
        try:
            if handler.batch:
                return list(self._awaited(handler.call(list(requests))))
            return [self._reply(handler, request) for request in requests]
        except Reject as error:
            raise RequestError(str(error)) from error

    def sent(self, port: str = _RETURNED) -> list[Any]:
        """Gives what a port has sent since it was last asked for. Without a
        name it is the only one."""
        if port == _RETURNED and len(self._outs) == 1:
            port = self._outs[0]
        return self._sent.pop(port, [])

    def run(self, most: int | None = None) -> None:
        """Runs a source to its end, or until it has sent that many messages."""
        source = self._actor.source()
        if source is None:
            raise Misfit(f"{self._actor.name} is no source")
        self._most = most
        try:
            self._emit(source())
        except _Enough:
            pass
        finally:
            self._most = None

    def end(self) -> None:
        """Lets all that comes in end."""
        self._hook("stop")

    def _handler(self, port: str) -> Handler:
        handler = self._actor.handler(port, only=True)
        if handler is None:
            raise Misfit(f"{self._actor.name} has nothing that handles the port {port!r}")
        return handler

    def _hook(self, name: str) -> None:
        hook = self._actor.hook(name)
        if hook is not None:
            self._emit(hook())

    def _provide(self, name: str, hint: Hint) -> Any:
        kind = port_type(hint)
        if hint is Context:
            return self._context
        if kind is Out:
            self._outs.append(name)
            return Out(lambda messages: self._take(name, messages), Out.flush)
        if kind is Ask or kind is AsyncAsk:
            return kind(_Answers(self._answers), name)
        if name not in self._params:
            return MISSING
        return self._params[name] if isinstance(hint, type) and isinstance(self._params[name], hint) else msgspec.convert(self._params[name], hint)

    def _reply(self, handler: Handler, request: Any) -> Any:
        if not handler.reply:
            return self._awaited(handler.call(request))
        replies: list[Any] = []
        self._awaited(handler.call(request, Reply(replies.append, lambda reason: replies.append(RequestError(reason)))))
        if not replies:
            raise LookupError("the handler has not answered yet")
        if isinstance(replies[0], RequestError):
            raise replies[0]
        return replies[0]

    def _awaited(self, result: Any) -> Any:
        return self._loop.run_until_complete(result) if inspect.isawaitable(result) else result

    def _take(self, port: str, messages: list[Any]) -> int:
        self._sent[port] += messages
        if self._most is not None and sum(map(len, self._sent.values())) >= self._most:
            raise _Enough
        return 0

    def _emit(self, result: Any) -> None:
        result = self._awaited(result)
        if result is None:
            return
        port = self._outs[0] if len(self._outs) == 1 else _RETURNED
        for message in self._several(result):
            if message is not None:
                self._take(port, [message])

    def _several(self, result: Any) -> Iterator[Any]:
        if isinstance(result, AsyncIterator):
            while (message := self._awaited(anext(result, MISSING))) is not MISSING:
                yield message
        elif is_message(result):
            yield result
        else:
            yield from result


class _Enough(BaseException):
    """Ends a source that has sent what was wanted."""


class _Answers:
    """Answers what an actor asks."""

    def __init__(self, answers: dict[str, Callable[[Any], Any]]) -> None:
        self._answers = answers

    def ask(self, port: str, request: Any) -> Any:
        if port not in self._answers:
            raise Misfit(f"nothing answers {port!r}: give the trial answers={{{port!r}: ...}}")
        try:
            return self._answers[port](request)
        except Exception as error:
            raise RequestError(str(error)) from error

    def ask_many(self, port: str, requests: Iterable[Any]) -> Iterator[Any]:
        return (self.ask(port, request) for request in requests)

    async def ask_async(self, port: str, request: Any) -> Any:
        return self.ask(port, request)
