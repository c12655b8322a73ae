import asyncio
import sys

import opencore
from messages import Greeting, Person


class Plain:
    """Asks for a greeting of each person."""

    greet: opencore.Ask[Person, Greeting]

    def people(self, person: Person) -> Greeting:
        try:
            return self.greet(person)
        except opencore.RequestError as error:
            return Greeting(text=f"none: {error}")


class Many:
    greet: opencore.Ask[Person, Greeting]
    greetings: opencore.Out[Greeting]

    def people(self, people: list[Person]) -> None:
        for greeting in self.greet.many(people):
            self.greetings.send(greeting)


class Async:
    greet: opencore.AsyncAsk[Person, Greeting]

    async def people(self, people: list[Person]) -> list[Greeting]:
        return await asyncio.gather(*(self.greet(person) for person in people))


class Answering:
    def questions(self, person: Person) -> Greeting:
        if not person.name:
            raise ValueError("no name")
        return Greeting(text=person.name)


class Later:
    """Answers the first question when the second has come."""

    def start(self) -> None:
        self.first: opencore.Reply[Greeting] | None = None

    def questions(self, person: Person, reply: opencore.Reply[Greeting]) -> None:
        if self.first is None:
            self.first = reply
            return
        reply.fail("too late")
        self.first.send(Greeting(text=person.name))


class AsyncAnswering:
    """Answers each question when the next one has come, the last at the end."""

    def start(self) -> None:
        self.come = asyncio.Event()

    async def questions(self, person: Person) -> Greeting:
        if person.name == "first":
            await self.come.wait()
        else:
            self.come.set()
        return Greeting(text=person.name)


opencore.run(globals()[sys.argv[1]])
