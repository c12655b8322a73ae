"""What all ways to run an actor share: who it is, its ports, its handlers."""

from __future__ import annotations

import itertools
import logging
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from . import _link
from ._actor import MISSING, Actor, Handler, Hint, Misfit, messages_of, port_type
from ._codec import Batch, Problem, Reader, Writer
from ._ports import Ask, AsyncAsk, Context, Out, Reject, Reply, RequestError

log = logging.getLogger("opencore")

_PACKAGE = Path(__file__).parent

_OUTGOING = ("push", "pub", "pair")
_ASKING = ("req", "dealer")
_INCOMING = ("pull", "sub", "in", "pair", "rep", "router")
_TEXT = 30_000  # characters of a reason or a text, which may have 32 KiB


class PortAbout(msgspec.Struct):
    """A port, as the host tells it."""

    pattern: str
    codec: str = "msgpack"
    message: str = ""
    reply: str = ""
    wired: bool = True


class About(msgspec.Struct):
    """Who the actor is, as the host tells it."""

    instance: str = ""
    actor: str = ""
    replica: int = 0
    replicas: int = 1
    incarnation: int = 1
    source: bool = False
    params: dict[str, Any] = {}
    ports: dict[str, PortAbout] = {}
    messages: dict[str, list[list[Any]]] = {}


class ParamMisfit(Misfit):
    """A parameter's value can't be what the program takes it for."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(reason)
        self.parameter = parameter


class Incoming:
    """An incoming port: its handler, and how its messages are read and answered."""

    def __init__(self, name: str, about: PortAbout, handler: Handler) -> None:
        self.name = name
        self.handler = handler
        self.reader = Reader(about.codec, handler.message)
        self.writer = Writer(about.codec)  # of replies


class Asked(typing.NamedTuple):
    """A port that asks: how requests are written and replies are read."""

    about: PortAbout
    write: Callable[[Any], bytes]
    read: Callable[[bytes], Any]


class Session:
    """The conversation with the host, up to the first message."""

    def __init__(self, link: _link.Link) -> None:
        self.link = link
        self.about = About()
        self.outs: dict[str, Out[Any]] = {}
        self.asked: dict[str, Asked] = {}
        self.incoming: dict[str, Incoming] = {}
        self.ids = itertools.count(1)
        self._untaken: set[str] = set()
        self.going = False
        self.only: Out[Any] | None = None

    def greet(self) -> None:
        """Says hello, and learns who the actor is."""
        self.link.say("hello", 1)
        kind, *fields = _link.header(self.link.receive()[0])
        if kind != "hello" or len(fields) < 2:
            raise ConnectionError(f"the host answered hello with {kind!r}")
        self.meet(msgspec.convert(fields[1], About))

    def meet(self, about: About) -> None:
        """Takes over what the host has said."""
        self.about = about
        self._untaken = set(about.params)

    def make(self, target: Callable[..., Any]) -> Actor:
        """Makes the actor, and sees that it fits what the graph says of it."""
        actor = Actor(target, self._provide)
        if self._untaken:
            name = min(self._untaken)
            raise Misfit(f"{actor.name} does not take the parameter {name!r}: it needs an attribute or argument {name}")
        self._only_out()
        incoming = {name: port for name, port in self.about.ports.items() if port.pattern in _INCOMING}
        for name, port in incoming.items():
            handler = actor.handler(name, only=len(incoming) == 1)
            if handler is None:
                raise Misfit(f"{actor.name} has nothing that handles the port {name!r}: it needs a method {name} or on_{name}")
            self._check_fields(f"{actor.name}.{handler.name}", handler.message, port.message, reads=True)
            self.incoming[name] = Incoming(name, port, handler)
        return actor

    def _provide(self, name: str, hint: Hint) -> Any:
        about = self.about
        kind = port_type(hint)
        if hint is Context:
            self._untaken.clear()  # it has them all
            return Context(about.instance, about.actor, about.replica, about.replicas, about.incarnation, about.params)
        if kind is not None:
            return self._port(name, kind, hint)
        if name not in about.params:
            return MISSING
        self._untaken.discard(name)
        try:
            return msgspec.convert(about.params[name], hint)
        except msgspec.ValidationError as error:
            raise ParamMisfit(name, f"parameter {name!r}: {error}") from error

    def _port(self, name: str, kind: type, hint: Hint) -> Any:
        port = self.about.ports.get(name)
        wanted = _OUTGOING if kind is Out else _ASKING
        if port is None or port.pattern not in wanted:
            raise Misfit(f"{name!r} is {kind.__name__}, but the actor has no port {name!r} that is {' or '.join(wanted)}")
        messages = messages_of(hint)
        self._check_fields(name, messages[0], port.message, reads=False)
        if kind is Out:
            return self._out(name, port)
        self._check_fields(name, messages[1], port.reply, reads=True)
        self.asked[name] = Asked(port, Writer(port.codec).one, Reader(port.codec, messages[1]).one)
        asker: Any = self
        return AsyncAsk(asker, name) if kind is AsyncAsk else Ask(asker, name)

    def _out(self, name: str, port: PortAbout) -> Out[Any]:
        if name not in self.outs:
            self.outs[name] = Out(self._deliver(name, port), self.urge)
        return self.outs[name]

    def _only_out(self) -> None:
        """Makes the port that takes what handlers return."""
        names = [name for name, port in self.about.ports.items() if port.pattern in _OUTGOING and name != "rejected"]
        if len(names) == 1:
            self.only = self._out(names[0], self.about.ports[names[0]])

    def _deliver(self, name: str, port: PortAbout) -> Callable[[list[Any]], int]:
        writer = Writer(port.codec)
        header = _link.packed("send", name)

        def deliver(messages: list[Any]) -> int:
            if not self.going:
                raise RuntimeError(f"{name!r} can't send yet: the run has not begun")
            size = 0
            for frame in writer.all(messages) if port.wired else ():
                self.link.send((header, frame))
                size += len(frame)
            return size

        return deliver

    def _check_fields(self, where: str, hint: Hint, message: str, reads: bool) -> None:
        """Sees that a class has what the message of a port has."""
        fields = self.about.messages.get(message)
        if fields is None or not (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
            return
        theirs = {field[0] for field in fields}
        required = {field[0] for field in fields if field[2] is None and not field[1].endswith("?")}
        mine = msgspec.structs.fields(hint)
        if reads:
            missing = {field.encode_name for field in mine if field.required} - theirs
            fault = f"needs a field {{!r}}, which message {message} does not have"
        else:
            missing = required - {field.encode_name for field in mine}
            fault = f"has no field {{!r}}, which message {message} needs"
        if missing:
            raise Misfit(f"{where}: {hint.__name__} {fault.format(min(missing))}; write the classes anew with opencore compile --emit python")

    def urge(self, out: Out[Any]) -> None:
        """Is told that a message waits in a port where none did."""
        raise NotImplementedError

    def emit(self, result: Any) -> None:
        """Sends what a handler or a source has returned or yielded."""
        if result is None:
            return
        if self.only is None:
            raise TypeError("what a handler returns goes to the actor's only outgoing port: this one has none, or several, for which there is Out")
        if is_message(result):
            self.only.send(result)
            return
        if isinstance(result, list):
            self.only.send_all([message for message in result if message is not None])
            return
        for message in result:
            if message is not None:
                self.only.send(message)

    def flush(self) -> None:
        for out in self.outs.values():
            out.flush()

    def done(self, number: int, problems: list[Problem]) -> None:
        """Acknowledges a batch, when what it led to has been sent."""
        self.flush()
        if problems:
            self.link.say("done", number, [[index, reason[:_TEXT]] for index, reason in problems])
        else:
            self.link.say("done", number)

    def blame(self, handler: Handler, batch: Batch, first: int, error: Exception) -> list[Problem]:
        """Gives what is rejected because a handler has raised; first is where
        in the batch the messages start that it had."""
        indexes = batch.indexes[first : first + 1] if not handler.batch else batch.indexes
        if isinstance(error, Reject) and handler.batch and error.at is not None:
            indexes = [batch.indexes[at] for at in error.at if 0 <= at < len(batch.indexes)]
        reason = self.reason(handler, error)
        return [(index, reason) for index in indexes]

    def reason(self, handler: Handler, error: Exception) -> str:
        """Says in words why a message is rejected. What was not expected is
        also in the log, with its traceback."""
        if isinstance(error, Reject):
            return str(error)
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, RequestError):  # where it was asked says nothing more
            log.error("%s failed: %s", handler.name, reason)
        else:
            log.error("%s failed", handler.name, exc_info=error.with_traceback(_theirs(error.__traceback__)))
        return reason

    def answer(self, port: Incoming, number: int, reply: Any) -> None:
        """Answers a request, with an error if reply is an exception."""
        if isinstance(reply, Exception):
            self.link.say("error", port.name, number, self.reason(port.handler, reply)[:_TEXT])
            return
        try:
            data = port.writer.one(reply)
        except Exception as error:  # the handler's reply is none
            self.link.say("error", port.name, number, self.reason(port.handler, error)[:_TEXT])
            return
        self.link.send((_link.packed("reply", port.name, number), data))

    def read_requests(self, port: Incoming, gathered: list[tuple[int, bytes]]) -> tuple[list[int], list[Any]]:
        """Reads requests that are to be handled together; answers those that
        can't be read."""
        numbers: list[int] = []
        requests: list[Any] = []
        for number, frame in gathered:
            try:
                requests.append(port.reader.one(frame))
                numbers.append(number)
            except Exception as error:  # whatever a codec or a type's own check raises
                self.answer(port, number, error)
        return numbers, requests

    def way_back(self, port: Incoming, number: int) -> Reply[Any]:
        """Gives what a request is answered with later."""
        return Reply(lambda reply: self.answer(port, number, reply), lambda reason: self.link.say("error", port.name, number, reason[:_TEXT]))

    def end(self) -> None:
        """Says the end, and waits until the host has taken all."""
        self.flush()
        self.link.say("end")
        self.leave()

    def fail(self, error: Exception) -> None:
        """Says that the actor can't start."""
        if isinstance(error, Misfit):  # another try would not help
            self.link.say("failed", str(error)[:_TEXT], getattr(error, "parameter", ""))
        else:
            self.link.say("failed", f"{type(error).__name__}: {error}"[:_TEXT])
        self.leave()

    def leave(self) -> None:
        while _link.header(self.link.receive()[0])[0] != "bye":
            pass


def _theirs(traceback: TracebackType | None) -> TracebackType | None:
    """Leaves out the frames of this package in front: nobody can do anything
    about them."""
    at = traceback
    while at is not None and Path(at.tb_frame.f_code.co_filename).parent == _PACKAGE:
        at = at.tb_next
    return at or traceback


def topics_of(frames: list[bytes], batch: Batch) -> list[str]:
    """Gives the topic of each message of a batch."""
    topics = msgspec.msgpack.decode(frames[2], type=list[bytes]) if len(frames) > 2 else []
    return [topics[index].decode(errors="replace") if index < len(topics) else "" for index in batch.indexes]


_MANY = (list, tuple, set, Iterable)


def is_message(result: Any) -> bool:
    """Reports whether a result is one message; else it is several."""
    if isinstance(result, (msgspec.Struct, dict, str, bytes)):
        return True
    return not isinstance(result, _MANY)
