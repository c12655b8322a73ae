import logging

import opencore
from messages import Greeting, Person


def on_people(person: Person, *, word: str) -> Greeting | None:
    """Greets people, but nobody without a name, whom it complains about."""
    logging.getLogger("greeter").info("%s is here", person.name)
    if person.name == "?":
        raise opencore.Reject("nobody knows who that is")
    if person.name == "!":
        raise ValueError("such a name")
    return Greeting(text=f"{word}, {person.name}!") if person.name else None


opencore.run(on_people)
