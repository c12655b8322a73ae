"""The same work as middle.py's as a bare loop of pyzmq and msgspec: pulls from
the first endpoint, pushes to the second, until it is killed."""

from __future__ import annotations

import sys

import msgspec
import zmq

from middle_actors import Item, Sized


def one(item: Item) -> Sized:
    return Sized(id=item.id, double=item.size * 2, name=item.name)


def main(source: str, sink: str) -> None:
    context = zmq.Context()
    pull, push = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    pull.connect(source)
    push.connect(sink)
    decode = msgspec.msgpack.Decoder(Item).decode
    encode = msgspec.msgpack.Encoder().encode
    while True:
        push.send(encode(one(decode(pull.recv()))))


if __name__ == "__main__":
    main(*sys.argv[1:])
