import opencore
from messages import Greeting, Person


class Batches:
    greetings: opencore.Out[Greeting]

    def people(self, people: list[Person]) -> None:
        nameless = [at for at, person in enumerate(people) if not person.name]
        self.greetings.send(Greeting(text=" and ".join(person.name for person in people if person.name)))
        if nameless:
            raise opencore.Reject("no name", at=nameless)

    def stop(self) -> Greeting:
        return Greeting(text="good night")


opencore.run(Batches)
