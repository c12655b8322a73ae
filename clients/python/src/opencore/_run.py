"""The main of a program that is an actor."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from ._actor import Actor, Misfit, wants_loop
from ._asyncio import Loop
from ._link import Link
from ._plain import Server, Source
from ._session import Session, log

ENDPOINT = "OPENCORE_ENDPOINT"


def run(target: Callable[..., Any]) -> NoReturn:
    """Runs a function or a class as the actor that opencore has started this
    program for, and exits when its part of the run is over."""
    endpoint = os.environ.pop(ENDPOINT, "")
    if not endpoint:
        sys.exit("this program is an actor: opencore runs it, from a graph in which exec names it")
    link = Link(endpoint)
    _log_to(link)
    ended = asyncio.run(_run_async(link, target)) if wants_loop(target) else _run_plain(link, target)
    link.close()
    sys.exit(0 if ended else 1)


def _run_plain(link: Link, target: Callable[..., Any]) -> bool:
    greeting = Session(link)
    greeting.greet()
    session = Source(link) if greeting.about.source else Server(link)
    session.meet(greeting.about)
    actor = _made(session, target)
    if actor is None:
        return False
    try:
        start = actor.hook("start")
        if start is not None:
            start()
    except Exception as error:
        return _failed(session, error)
    _spare_collector()
    session.run(actor)
    return True


async def _run_async(link: Link, target: Callable[..., Any]) -> bool:
    session = Loop(link)
    session.greet()
    actor = _made(session, target)
    if actor is None:
        return False
    try:
        start = actor.hook("start")
        made = start() if start is not None else None
        if made is not None:
            await made
    except Exception as error:
        return _failed(session, error)
    _spare_collector()
    await session.run(actor)
    return True


def _made(session: Session, target: Callable[..., Any]) -> Actor | None:
    try:
        actor = session.make(target)
        if session.about.source and actor.source() is None:
            raise Misfit(f"{actor.name} makes no messages: an actor without in-ports needs a method run, or is a function without parameters before *")
        if isinstance(session, Server) and actor.hook("run") is not None and "run" not in session.incoming:
            raise Misfit(f"{actor.name}.run is never called: beside handlers it must be async")
        return actor
    except Exception as error:
        _failed(session, error)
        return None


def _failed(session: Session, error: Exception) -> bool:
    if not isinstance(error, Misfit):
        log.error("the actor can't start", exc_info=error)
    session.fail(error)
    return False


def _spare_collector() -> None:
    """Keeps the collector of cyclic garbage from what lives for good, and from
    looking several times through each batch of messages."""
    youngest, *others = gc.get_threshold()
    gc.set_threshold(max(youngest, 20_000), *others)
    gc.freeze()


class _Handler(logging.Handler):
    """Writes the records of the module logging into the log of the run."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._link.say("log", _level(record.levelno), self.format(record)[:30_000])
        except Exception:
            self.handleError(record)


def _level(level: int) -> str:
    for least, name in ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info")):
        if level >= least:
            return name
    return "debug"


def _log_to(link: Link) -> None:
    """Logs into the run, unless the program has set logging up in its own way."""
    root = logging.getLogger()
    if root.handlers:
        return
    root.addHandler(_Handler(link))
    if root.level == logging.WARNING:  # nobody has chosen it
        root.setLevel(logging.INFO)
