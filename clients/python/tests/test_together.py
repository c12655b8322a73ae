"""Requests that are there at once are handled at once: with a link whose
messages are all there."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from messages import SHAPES, Greeting, Person
from opencore._link import Link
from opencore._plain import Server


class Script:
    """A link with a host that has said everything already."""

    def __init__(self, *said: list[Any]) -> None:
        self._said = [[msgspec.msgpack.encode(header), *(msgspec.msgpack.encode(c) for c in content)] for header, *content in said]
        self.heard: list[tuple[Any, ...]] = []

    def receive(self) -> list[bytes]:
        return self._said.pop(0)

    def receive_now(self) -> list[bytes] | None:
        return self._said.pop(0) if self._said else None

    def say(self, *header: Any) -> None:
        self.heard.append(header)

    def send(self, frames: list[bytes]) -> None:
        self.heard.append(tuple(msgspec.msgpack.decode(frame) for frame in frames))


class Together:
    def questions(self, people: list[Person]) -> list[Greeting]:
        return [Greeting(text=f"{person.name} of {len(people)}") for person in people]


def test_requests_are_answered_together() -> None:
    about = {"ports": {"questions": {"pattern": "router", "message": "Person", "reply": "Greeting"}}, "messages": SHAPES}
    script = Script(
        [["hello", 1, about]],
        [["go"]],
        [["request", "questions", 1], {"name": "a"}],
        [["request", "questions", 2], {"age": 3}],
        [["request", "questions", 3], {"name": "c"}],
        [["end"]],
        [["bye"]],
    )
    server = Server(cast(Link, script))
    server.greet()
    server.run(server.make(Together))
    heard = {str(said[0]): said[1:] for said in script.heard[2:]}
    assert heard["['reply', 'questions', 1]"] == ({"text": "a of 2"},)
    assert heard["['reply', 'questions', 3]"] == ({"text": "c of 2"},)
    assert any(said[:3] == ("error", "questions", 2) for said in script.heard)
    assert script.heard[-1] == ("end",)
