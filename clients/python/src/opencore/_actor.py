"""What is made an actor: a function or a class, and what of it handles what."""

from __future__ import annotations

import functools
import inspect
import keyword
import typing
from collections.abc import Callable
from typing import Any

from ._ports import Ask, AsyncAsk, Out, Reply

Hint = Any
Provide = Callable[[str, Hint], Any]
"""Gives the value of an attribute or argument by name and type; MISSING if it
knows none."""

MISSING: Any = inspect.Parameter.empty


class Misfit(Exception):
    """The program does not fit its actor; the text says where."""


class Handler:
    """A function that takes the messages of a port."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        self.name: str = getattr(call, "__name__", type(call).__name__)
        hints = _hints(call)
        positional = _positional(call)
        if not positional:
            raise Misfit(f"{self.name} takes no message: its first parameter is what it handles")
        first = hints.get(positional[0].name, Any)
        self.batch = _origin(first) is list
        """Whether it takes lists of messages."""
        self.message: Hint = (*typing.get_args(first), Any)[0] if self.batch else first
        second = positional[1] if len(positional) > 1 else None
        self.reply = second is not None and _origin(hints.get(second.name)) is Reply
        """Whether it is given the way back of a request."""
        self.topic = second is not None and not self.reply and second.default is MISSING
        """Whether it is given the topic of a message."""


class Actor:
    """A function or an object of a class, ready to handle messages."""

    def __init__(self, target: Callable[..., Any], provide: Provide) -> None:
        self.name: str = getattr(target, "__name__", repr(target))
        self._function: Callable[..., Any] | None = None
        self._object: Any = None
        if inspect.isclass(target):
            self._object = _instance(target, provide)
        else:
            self._function = functools.partial(target, **_arguments(target, provide, inspect.Parameter.KEYWORD_ONLY))
            functools.update_wrapper(self._function, target)

    def handler(self, port: str, only: bool) -> Handler | None:
        """Finds what handles a port: the function itself, if it is the only one,
        or the method on_PORT or PORT."""
        if self._function is not None:
            return Handler(self._function) if only or self.name in (port, "on_" + port) else None
        for name in ("on_" + port, port, port + "_"):
            method = getattr(self._object, name, None)
            if inspect.isroutine(method):
                return Handler(method)
        return None

    def source(self) -> Callable[[], Any] | None:
        """Finds what makes the messages of a source."""
        if self._function is not None:
            return self._function if not _positional(self._function) else None
        return self.hook("run")

    def hook(self, name: str) -> Callable[[], Any] | None:
        """Finds the method start, run or stop."""
        method = getattr(self._object, name, None)
        return method if inspect.isroutine(method) else None


def is_async(call: Callable[..., Any]) -> bool:
    """Reports whether a function is written with async."""
    return inspect.iscoroutinefunction(call) or inspect.isasyncgenfunction(call)


def wants_loop(target: Callable[..., Any]) -> bool:
    """Reports whether an actor is to run in an event loop."""
    if not inspect.isclass(target):
        return is_async(target)
    return any(is_async(member) for _, member in inspect.getmembers(target, inspect.isroutine))


def port_type(hint: Hint) -> type | None:
    """Gives Out, Ask or AsyncAsk, if that is what a type says."""
    origin = _origin(hint)
    return origin if origin in (Out, Ask, AsyncAsk) else None


def messages_of(hint: Hint) -> tuple[Hint, ...]:
    """Gives the message types in Out[M] or Ask[Q, R]; Any where there are none."""
    return typing.get_args(hint) or (Any, Any)


def plain_name(name: str) -> str:
    """Gives the name in the graph of what is called from_ or class_ in Python."""
    bare = name.rstrip("_")
    return bare if keyword.iskeyword(bare) else name


def _instance(cls: type, provide: Provide) -> Any:
    """Makes an object: annotated attributes have their values before __init__,
    which is given what it asks for by name."""
    arguments = _arguments(cls, provide, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    attributes: dict[str, Any] = {}
    for name, hint in _hints(cls).items():
        if name in arguments or _origin(hint) is typing.ClassVar:
            continue
        value = provide(plain_name(name), hint)
        if value is not MISSING:
            attributes[name] = value
    if not attributes:
        return cls(**arguments)
    made: Any = object.__new__(cls)
    for name, value in attributes.items():
        setattr(made, name, value)
    made.__init__(**arguments)
    return made


def _arguments(call: Callable[..., Any], provide: Provide, *kinds: Any) -> dict[str, Any]:
    hints = _hints(call.__init__ if inspect.isclass(call) else call)
    arguments: dict[str, Any] = {}
    for parameter in _parameters(call):
        if parameter.kind not in kinds:
            continue
        value = provide(plain_name(parameter.name), hints.get(parameter.name, Any))
        if value is not MISSING:
            arguments[parameter.name] = value
        elif parameter.default is MISSING:
            raise Misfit(f"{call.__name__} wants {parameter.name!r}, which is neither a parameter nor an outgoing port of the actor")
    return arguments


def _parameters(call: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(call).parameters.values())
    except ValueError:  # of a class in C
        return []


def _positional(call: Callable[..., Any]) -> list[inspect.Parameter]:
    return [p for p in _parameters(call) if p.kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)]


def _hints(of: Any) -> dict[str, Hint]:
    if isinstance(of, functools.partial):
        of = of.func
    try:
        return typing.get_type_hints(of)
    except NameError as error:
        raise Misfit(f"the types of {getattr(of, '__name__', of)} can't be known: {error}") from error
    except TypeError:  # of something that has no annotations
        return {}


def _origin(hint: Hint) -> Any:
    return typing.get_origin(hint) or hint
