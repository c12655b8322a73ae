import array
import logging
import queue
import threading

import msgspec
import opencore
from messages import Person


class Series(msgspec.Struct):
    text: "array.array[float]"


class Threads:
    """Another thread sends, and logs, what comes in, while this one waits."""

    greetings: opencore.Out[Series]

    def start(self) -> None:
        self.work: queue.Queue[Person] = queue.Queue()
        threading.Thread(target=self.send, daemon=True).start()

    def people(self, person: Person) -> None:
        self.work.put(person)

    def send(self) -> None:
        while person := self.work.get():
            logging.getLogger().warning("sending %s", person.name)
            self.greetings.send(Series(text=array.array("d", [1, 2])))


opencore.run(Threads)
