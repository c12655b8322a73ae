"""Source, filter of half, sink as nodes of dora. node.py COUNT PART FILE is one
node; the sink writes into FILE how many messages a second the source was rid of."""

from __future__ import annotations

import sys
import time

import msgspec
from dora import Node

PAD = "curiouser and curiouser, cried Alice, who was so much surprised that she forgot how to speak"
END = b"end"  # shorter than any item; in the stream itself, since inputs of one node overtake each other

def source(node: Node, count: int, file: str) -> None:
    encode = msgspec.msgpack.Encoder().encode
    for i in range(count):
        node.send_output("items", encode({"id": i, "size": 12.5, "name": "wonderland", "pad": PAD}))
    node.send_output("items", END)


def half(node: Node, count: int, file: str) -> None:
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode
    for event in node:
        if event["type"] != "INPUT":
            continue
        data = event["value"].to_numpy()
        if len(data) == len(END):
            node.send_output("passed", END)
            return
        item = decode(data)
        if item["id"] % 2 == 0:
            node.send_output("passed", encode(item))


def sink(node: Node, count: int, file: str) -> None:
    decode = msgspec.msgpack.Decoder().decode
    start, passed = 0.0, 0
    for event in node:
        if event["type"] != "INPUT":
            continue
        start = start or time.monotonic()
        data = event["value"].to_numpy()
        if len(data) == len(END):
            break
        decode(data)
        passed += 1
    with open(file, "w") as out:
        out.write(f"{count / (time.monotonic() - start)} {passed}")


if __name__ == "__main__":
    {"source": source, "half": half, "sink": sink}[sys.argv[2]](Node(), int(sys.argv[1]), sys.argv[3])
