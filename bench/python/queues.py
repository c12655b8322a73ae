"""Source, filter of half, sink as open-core makes actors: each a process with an
asyncio loop, a task that receives into a queue, a task that sends from a queue,
two frames a message, msgspec's MessagePack.

    queues.py COUNT FOLDER

starts the three and prints how many messages a second the source was rid of."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from typing import Any

import msgspec
import zmq
import zmq.asyncio

try:
    from uvloop import run
except ImportError:
    run = asyncio.run


class Manager:
    """A socket, with a queue on each of its sides and a task that serves it."""

    def __init__(self, socket: zmq.asyncio.Socket) -> None:
        self.socket = socket
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    def emitting(self) -> Manager:
        self.task = asyncio.create_task(self.emit_all())
        return self

    def receiving(self) -> Manager:
        self.task = asyncio.create_task(self.receive_all())
        return self

    async def emit_all(self) -> None:
        while True:
            await self.socket.send_multipart(await self.queue.get())
            self.queue.task_done()

    async def receive_all(self) -> None:
        while True:
            _, signal = await self.socket.recv_multipart()
            await self.queue.put(signal)

    async def emit(self, topic: bytes, data: bytes) -> None:
        await self.queue.put((topic, data))

    async def recv(self) -> bytes:
        signal = await self.queue.get()
        self.queue.task_done()
        return signal


def manager(kind: int, endpoint: str, bind: bool = False) -> Manager:
    socket = zmq.asyncio.Context.instance().socket(kind)
    socket.hwm = 0  # the queues of asyncio have no bounds either
    (socket.bind if bind else socket.connect)(endpoint)
    return Manager(socket)


PAD = "curiouser and curiouser, cried Alice, who was so much surprised that she forgot how to speak"


async def source(count: int, folder: str) -> None:
    out = manager(zmq.PUSH, f"ipc://{folder}/items").emitting()
    encode = msgspec.msgpack.Encoder().encode
    for i in range(count):
        await out.emit(b"", encode({"id": i, "size": 12.5, "name": "wonderland", "pad": PAD}))
    await out.queue.join()
    await asyncio.Event().wait()


async def half(count: int, folder: str) -> None:
    items = manager(zmq.PULL, f"ipc://{folder}/items", bind=True).receiving()
    out = manager(zmq.PUSH, f"ipc://{folder}/passed").emitting()
    encode, decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode
    while True:
        item = decode(await items.recv())
        if item["id"] % 2 == 0:
            await out.emit(b"", encode(item))


async def sink(count: int, folder: str) -> None:
    passed = manager(zmq.PULL, f"ipc://{folder}/passed", bind=True).receiving()
    decode = msgspec.msgpack.Decoder().decode
    others = [subprocess.Popen([sys.executable, __file__, str(count), folder, part]) for part in ("half", "source")]
    try:
        start = 0.0
        for i in range((count + 1) // 2):
            decode(await passed.recv())
            start = start or time.monotonic()
        print(count / (time.monotonic() - start))
    finally:
        for other in others:
            other.kill()
            other.wait()


def main(count: str, folder: str, part: str = "sink") -> None:
    run({"source": source, "half": half, "sink": sink}[part](int(count), folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
