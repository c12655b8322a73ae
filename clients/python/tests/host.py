"""The other side of the protocol, as docs/protocol.md has it."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from typing import Any

import msgspec
import zmq

from messages import SHAPES

HERE = pathlib.Path(__file__).parent
PATH = f"{HERE}:{HERE.parent / 'src'}"
PATIENCE = 20  # seconds until a test gives up


class Host:
    """Runs a program of the folder actors and speaks with it."""

    def __init__(self, folder: pathlib.Path, program: str, ports: dict[str, dict[str, Any]], *arguments: str, source: bool = False, **params: Any) -> None:
        self.about = {
            "instance": "it", "actor": "It", "replica": 1, "replicas": 3, "incarnation": 2, "source": source,
            "params": params, "ports": ports, "messages": SHAPES, "enums": {},
        }  # fmt: skip
        self._context = zmq.Context()
        self.socket: Any = self._context.socket(zmq.DEALER)
        self.socket.set(zmq.LINGER, 0)
        endpoint = f"ipc://{folder}/host"
        self.socket.bind(endpoint)
        environment = {**os.environ, "OPENCORE_ENDPOINT": endpoint, "PYTHONPATH": PATH}
        self.process = subprocess.Popen([sys.executable, HERE / "actors" / program, *arguments], env=environment, stderr=subprocess.PIPE, text=True)
        self.numbers = iter(range(1, 1_000_000))
        self.logs: list[tuple[str, str]] = []

    def say(self, *header: Any, messages: Any = None, data: bytes | None = None, topics: list[bytes] | None = None) -> None:
        frames = [msgspec.msgpack.encode(header)]
        if data is not None:
            frames.append(data)
        elif messages is not None:
            frames.append(msgspec.msgpack.encode(messages))
        if topics is not None:
            frames.append(msgspec.msgpack.encode(topics))
        self.socket.send_multipart(frames)

    def hear(self) -> tuple[list[Any], Any]:
        """Gives the next that is no log: its header, and what its second frame holds."""
        while True:
            frames = self._frames()
            header = msgspec.msgpack.decode(frames[0])
            if header[0] != "log":
                return header, (msgspec.msgpack.decode(frames[1]) if len(frames) > 1 else None)
            self.logs.append((header[1], header[2]))

    def _frames(self) -> list[bytes]:
        end = time.monotonic() + PATIENCE
        while not self.socket.poll(100):
            assert self.process.poll() is None, f"the program has exited with status {self.process.returncode}"
            assert time.monotonic() < end, "the program says nothing"
        frames: list[bytes] = self.socket.recv_multipart()
        return frames

    def expect(self, *header: Any) -> Any:
        """Demands what comes next, and gives what its second frame holds."""
        got, content = self.hear()
        assert got == list(header), f"{got} with {content}, log {self.logs}"
        return content

    def start(self) -> None:
        self.expect("hello", 1)
        self.say("hello", 1, self.about)
        self.expect("ready")
        self.say("go")

    def batch(self, port: str, *messages: Any, topics: list[bytes] | None = None) -> int:
        number = next(self.numbers)
        self.say("batch", port, number, messages=messages, topics=topics)
        return number

    def end(self) -> None:
        """Ends the run; what the program still sends must have been heard."""
        self.say("end")
        self.farewell()

    def farewell(self) -> None:
        self.expect("end")
        self.say("bye")
        assert self.process.wait(PATIENCE) == 0

    def failed(self) -> list[Any]:
        """Demands that the program says it can't start; gives what it says."""
        self.expect("hello", 1)
        self.say("hello", 1, self.about)
        header, _ = self.hear()
        assert header[0] == "failed", header
        self.say("bye")
        assert self.process.wait(PATIENCE) == 1
        return header[1:]

    def close(self) -> str:
        """Lets go of everything; gives what the program wrote to stderr."""
        self.process.kill()
        _, stderr = self.process.communicate()
        self.socket.close()
        self._context.term()
        return stderr
