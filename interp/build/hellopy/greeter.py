"""The actor Greeter of hello.actors."""

from __future__ import annotations

import opencore
from hello_actors import Greeting, Person


class Greeter:
    """Greets people by their names, each once."""

    word: str  # the parameter word

    def __init__(self) -> None:
        self.greeted: set[str] = set()

    def people(self, person: Person) -> Greeting | None:
        """Handles one message of the port people."""
        if person.name in self.greeted:
            return None
        self.greeted.add(person.name)
        return Greeting(text=f"{self.word}, {person.name}!")


if __name__ == "__main__":
    opencore.run(Greeter)
