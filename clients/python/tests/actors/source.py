import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator

import opencore
from messages import Person


def count(*, most: int) -> Iterator[Person]:
    for n in range(most):
        yield Person(name=str(n), age=n)


class Endless:
    people: opencore.Out[Person]

    def run(self) -> None:
        n = 0
        while True:
            self.people.send(Person(name=str(n)))
            n += 1


class Stuck:
    """Sends one message, and then waits for what never comes."""

    people: opencore.Out[Person]

    def run(self) -> None:
        self.people.send(Person(name="one"))
        try:
            threading.Event().wait()
        finally:
            self.people.send(Person(name="last"))


class Unhurried:
    async def run(self) -> AsyncIterator[Person]:
        n = 0
        try:
            while True:
                yield Person(name=str(n))
                n += 1
                await asyncio.sleep(0)
        finally:
            assert n > 0


opencore.run(globals()[sys.argv[1]])
