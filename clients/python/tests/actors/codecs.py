import sys

import opencore
from messages import Blob, Person


class Passing:
    things_out: opencore.Out[Person]

    def things(self, thing: Person) -> None:
        self.things_out.send(thing)


class Bytes:
    things_out: opencore.Out[bytes]

    def things(self, thing: bytes, topic: str) -> None:
        self.things_out.send(thing + topic.encode())


class Blobs:
    things_out: opencore.Out[Blob]

    def things(self, thing: Blob, topic: str) -> None:
        self.things_out.send(Blob(data=thing.data + topic.encode()))


opencore.run(globals()[sys.argv[1]])
