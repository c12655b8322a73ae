"""Actors on trial: the same things as under a host, without one."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator

import pytest

import opencore
from messages import Greeting, Person
from opencore._actor import Misfit
from opencore.testing import Trial


def on_people(person: Person, *, word: str = "Hello") -> Greeting | None:
    if person.name == "?":
        raise opencore.Reject("who?")
    return Greeting(text=f"{word}, {person.name}!") if person.name else None


def test_function() -> None:
    trial = Trial(on_people, word="Ciao")
    trial.send("people", Person(name="Ada"), Person(name=""), Person(name="?"))
    assert trial.sent() == [Greeting(text="Ciao, Ada!")]
    assert trial.sent() == []
    assert trial.rejected == ["who?"]
    Trial(on_people).send("people", Person(name="Ada"))


@dataclasses.dataclass
class Counter:
    """Counts by topic; the end tells."""

    least: int
    tallies: opencore.Out[Greeting]
    who: opencore.Context
    counts: dict[str, int] = dataclasses.field(default_factory=dict)

    def news(self, people: list[Person], topic: list[str]) -> None:
        for name in topic:
            self.counts[name] = self.counts.get(name, 0) + 1

    def stop(self) -> Iterator[Greeting]:
        for name, count in self.counts.items():
            if count >= self.least:
                yield Greeting(text=f"{self.who.replica}: {name} {count}")


def test_dataclass_topics_and_context() -> None:
    trial = Trial(Counter, context=opencore.Context(replica=2), least=3)
    trial.send("news", Person(name="a"), topic="rare")
    trial.send("news", Person(name="a"), Person(name="b"), Person(name="c"), topic="often")
    trial.end()
    assert trial.sent("tallies") == [Greeting(text="2: often 3")]


class Asking:
    greet: opencore.Ask[Person, Greeting]

    def people(self, person: Person) -> Greeting:
        return self.greet(person)

    def crowds(self, people: list[Person]) -> list[Greeting]:
        return list(self.greet.many(people))


class AsyncAsking:
    greet: opencore.AsyncAsk[Person, Greeting]

    async def people(self, person: Person) -> Greeting:
        return await self.greet(person)

    async def crowds(self, people: list[Person]) -> list[Greeting]:
        return await asyncio.gather(*map(self.greet, people))


@pytest.mark.parametrize("target", [Asking, AsyncAsking])
def test_asks(target: type) -> None:
    def greet(person: Person) -> Greeting:
        if not person.name:
            raise ValueError("no name")
        return Greeting(text="hi " + person.name)

    trial = Trial(target, answers={"greet": greet})
    trial.send("people", Person(name="Ada"))
    trial.send("crowds", Person(name="a"), Person(name="b"))
    assert [greeting.text for greeting in trial.sent()] == ["hi Ada", "hi a", "hi b"]
    with pytest.raises(opencore.RequestError, match="no name"):
        trial.send("people", Person(name=""))
    with pytest.raises(Misfit, match="nothing answers 'greet'"):
        Trial(target).send("people", Person(name="Ada"))


class Answering:
    def plain(self, person: Person) -> Greeting:
        if not person.name:
            raise opencore.Reject("no name")
        return Greeting(text=person.name)

    def crowds(self, people: list[Person]) -> list[Greeting]:
        return [Greeting(text=person.name) for person in people]

    def later(self, person: Person, reply: opencore.Reply[Greeting]) -> None:
        if person.name:
            reply.send(Greeting(text=person.name))
        else:
            reply.fail("no name")


def test_answers() -> None:
    trial = Trial(Answering)
    for port in ("plain", "crowds", "later"):
        assert trial.request(port, Person(name="Ada")) == Greeting(text="Ada")
    assert trial.requests("crowds", Person(name="a"), Person(name="b")) == [Greeting(text="a"), Greeting(text="b")]
    for port in ("plain", "later"):
        with pytest.raises(opencore.RequestError, match="no name"):
            trial.request(port, Person(name=""))


def endless() -> Iterator[Person]:
    n = 0
    while True:
        yield Person(name=str(n))
        n += 1


class Endless:
    people: opencore.Out[Person]

    def run(self) -> None:
        for person in endless():
            self.people.send(person)


class AsyncEndless:
    people: opencore.Out[Person]

    async def run(self) -> AsyncIterator[Person]:
        for person in endless():
            yield person


@pytest.mark.parametrize("target", [endless, Endless, AsyncEndless])
def test_sources(target: type) -> None:
    trial = Trial(target)
    trial.run(most=3)
    assert [person.name for person in trial.sent()] == ["0", "1", "2"]


def test_what_is_missing_is_said() -> None:
    with pytest.raises(Misfit, match="wants 'least'"):
        Trial(Counter)
    with pytest.raises(Misfit, match="nothing that handles the port 'cats'"):
        Trial(Answering).send("cats", Person(name=""))
    with pytest.raises(Misfit, match="is no source"):
        Trial(Answering).run()
