"""The socket to the host: frames in, frames out, from any thread."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import zmq

_header = msgspec.msgpack.Decoder(list[Any])
_pack = msgspec.msgpack.Encoder().encode

Frames = list[bytes]


class Link:
    """One DEALER socket, which any thread may send on.

    A socket is not safe across threads, so each use of it holds the lock. Who
    waits for input holds nothing: it waits for the socket's descriptor, which
    only says that something has happened since somebody last looked, and for a
    pipe, with which whoever has looked in between wakes it up.
    """

    def __init__(self, endpoint: str) -> None:
        self._socket: Any = zmq.Context.instance().socket(zmq.DEALER)
        self._socket.set(zmq.LINGER, 0)  # what is worth waiting for is answered, with bye
        self._socket.set(zmq.SNDHWM, 64)  # of frames with many messages, but also of requests with one
        self._socket.connect(endpoint)
        self._lock = threading.Lock()
        self._waiting = False
        self._bell, self._rope = os.pipe()
        os.set_blocking(self._bell, False)
        os.set_blocking(self._rope, False)
        self.descriptors: tuple[int, int] = (self._socket.get(zmq.FD), self._bell)
        """What to wait for until receive_now may give something."""
        self._poll = select.poll()
        for descriptor in self.descriptors:
            self._poll.register(descriptor, select.POLLIN)

    def say(self, *header: Any) -> None:
        """Sends a header alone."""
        self.send([_pack(header)])

    def send(self, frames: Sequence[bytes]) -> None:
        """Sends a message; waits while the wires behind the host are full."""
        with self._lock:
            for frame in frames[:-1]:
                self._socket.send(frame, zmq.SNDMORE)
            self._socket.send(frames[-1])
            if self._waiting and self._socket.get(zmq.EVENTS) & zmq.POLLIN:
                self.wake()

    def wake(self) -> None:
        """Makes whoever waits look again."""
        try:
            os.write(self._rope, b"!")
        except BlockingIOError:
            pass  # it has not even heard the last ones

    def receive_now(self, else_wait: bool = False) -> Frames | None:
        """Gives a message if there is one. Else, for whoever waits then, the
        descriptors will tell."""
        with self._lock:
            try:
                frames: Frames = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                self._waiting = else_wait
                return None
            self._waiting = False
            return frames

    def receive(self) -> Frames:
        """Waits for a message."""
        while True:
            frames = self.receive_until(lambda: False)
            if frames is not None:
                return frames

    def receive_until(self, done: Callable[[], bool], seconds: float | None = None) -> Frames | None:
        """Waits for a message; gives None when done has become true, see wake,
        or after that many seconds."""
        while True:
            frames = self.receive_now(else_wait=True)
            if frames is not None or done():
                return frames
            if not self._poll.poll(None if seconds is None else seconds * 1000):
                return None
            self.hush()

    def hush(self) -> None:
        """Forgets what wake has done."""
        try:
            while os.read(self._bell, 64):
                pass
        except BlockingIOError:
            pass

    def close(self) -> None:
        self._socket.close()
        os.close(self._bell)
        os.close(self._rope)


def header(frame: bytes) -> list[Any]:
    """Reads the first frame of a message."""
    return _header.decode(frame)


def packed(*fields: Any) -> bytes:
    """Makes the first frame of a message."""
    return _pack(fields)
