"""Captures what open-core's sockets send, and replays to them what ours send.

open-core (github.com/ilpomo/open-core, tried at 21cdece, version 0.3.3, with pyzmq 26.1.1 and msgspec 0.18.6 under Python 3.11) is no
dependency of this project and none of its code is here. To do it again: a virtual environment with those two packages, and in open-core's
folder, where it can be imported as src.actor,

    python3 .../capture.py capture > .../captured.json   # its PUB and PUSH, which bind, against a plain SUB and PULL
    go test ./runtime/message -run ForOpenCore -ours /tmp/ours.json       # what our codecs write
    python3 .../capture.py replay /tmp/ours.json > .../accepted.json  # against its SUB and PULL, which connect

Its receivers take messages of exactly two frames, [topic, payload], whatever the pattern, and end at any other: what it is to receive has
to come from a port with a topic clause.
"""

import asyncio
import json
import sys
from datetime import datetime, timezone

import zmq
import zmq.asyncio
from src.actor import AbstractActor

QUAKE = {"id": "us2000crkq", "mag": 5.3, "place": "50km NNW of Bitung", "at": "2018-01-31T02:13:09.65Z", "net": "us", "depth": 35.2, "felt": None, "alert": "green"}
EVENTS = [
    ("json", b"us", QUAKE),
    ("msgpack", b"us", QUAKE),
    ("pickle", b"us", QUAKE),
    ("bytes", b"us", b"any bytes \x00\xff"),
    ("json", b"", {**QUAKE, "felt": 3, "alert": None, "place": "Käse ☃"}),
    ("msgpack", b"", {**QUAKE, "felt": 3, "alert": None, "place": "Käse ☃"}),
    ("pickle", b"", {**QUAKE, "felt": 3, "alert": None, "place": "Käse ☃"}),
    ("bytes", b"", b""),
    # Times of Python's own: json writes RFC 3339, msgpack a timestamp, pickle an object.
    ("json", b"now", {**QUAKE, "at": datetime(2018, 1, 31, 2, 13, 9, 650000, timezone.utc)}),
    ("msgpack", b"now", {**QUAKE, "at": datetime(2018, 1, 31, 2, 13, 9, 650000, timezone.utc)}),
    ("pickle", b"now", {**QUAKE, "at": datetime(2018, 1, 31, 2, 13, 9, 650000, timezone.utc)}),
]


class Actor(AbstractActor):
    async def start(self):
        await super().start()


def free_port():
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        return str(socket.bind_to_random_port("tcp://127.0.0.1"))


async def captured(pattern):
    """Gives the frames that open-core's socket sends for each of EVENTS."""
    actor, port = Actor(name="a"), free_port()
    actor.create_socket_manager("out", zmq.PUB if pattern == "pub" else zmq.PUSH)
    actor["out"].bind_via_tcp(ip_address="127.0.0.1", port=port)
    await actor.start()
    peer = zmq.asyncio.Context.instance().socket(zmq.SUB if pattern == "pub" else zmq.PULL)
    if pattern == "pub":
        peer.subscribe(b"")
    peer.connect(f"tcp://127.0.0.1:{port}")
    while pattern == "pub":  # until the subscription has arrived
        await actor.emit_bytes(name="out", topic=b"", message=b"hello?")
        if await peer.poll(10):
            await peer.recv_multipart()
            break
    while await peer.poll(100):
        await peer.recv_multipart()
    for codec, topic, message in EVENTS:
        await getattr(actor, "emit_" + codec)(name="out", topic=topic, message=message)
        frames = await asyncio.wait_for(peer.recv_multipart(), 5)
        yield {"pattern": pattern, "codec": codec, "frames": [f.hex() for f in frames]}
    peer.close(0)
    await actor.stop_socket_managers()


async def accepted(pattern, ours):
    """Gives what open-core's socket receives of what ours sends."""
    actor = Actor(name="a")
    peer = zmq.asyncio.Context.instance().socket(zmq.XPUB if pattern == "pub" else zmq.PUSH)
    port = peer.bind_to_random_port("tcp://127.0.0.1")
    actor.create_socket_manager("in", zmq.SUB if pattern == "pub" else zmq.PULL)
    if pattern == "pub":
        actor["in"].subscribe(b"")
    actor["in"].connect_via_tcp(ip_address="127.0.0.1", port=str(port))
    await actor.start()
    if pattern == "pub":
        await peer.recv()  # its subscription
    for event in ours:
        await peer.send_multipart([bytes.fromhex(f) for f in event["frames"]])
        value = await asyncio.wait_for(getattr(actor, "recv_" + event["codec"])(name="in"), 5)
        if isinstance(value, bytes):
            value = value.hex()
        yield {"pattern": pattern, **event, "received": json.loads(json.dumps(value, default=datetime.isoformat))}
    peer.close(0)
    await actor.stop_socket_managers()


async def main():
    if sys.argv[1] == "capture":
        out = [e for pattern in ("pub", "push") async for e in captured(pattern)]
    else:
        ours = json.load(open(sys.argv[2]))
        out = [e for pattern in ("pub", "push") async for e in accepted(pattern, ours)]
    print(json.dumps(out, indent=1, ensure_ascii=False))


asyncio.run(main())
