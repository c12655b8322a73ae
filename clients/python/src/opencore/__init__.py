"""Makes an actor of a function or a class.

    import opencore
    from hello_actors import Greeting, Person

    def people(person: Person) -> Greeting | None:
        return Greeting(text=f"Hello, {person.name}!") if person.name else None

    if __name__ == "__main__":
        opencore.run(people)

The README has the whole of it. Read run first.
"""

from ._ports import Ask, AsyncAsk, Context, Out, Reject, Reply, RequestError
from ._run import run

__all__ = ["Ask", "AsyncAsk", "Context", "Out", "Reject", "Reply", "RequestError", "run"]
