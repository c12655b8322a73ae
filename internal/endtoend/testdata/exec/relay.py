"""Hands on what it gets, and says what it is; its first argument says how it
goes wrong."""

import os
import subprocess
import sys

import zmq
from msgspec import msgpack

fault = sys.argv[1] if len(sys.argv) > 1 else ""
sleeper = subprocess.Popen(["sleep", "1000"]) if fault == "family" else None

socket = zmq.Context().socket(zmq.DEALER)
socket.connect(os.environ["OPENCORE_ENDPOINT"])


def say(*header, messages=None):
    frames = [header] if messages is None else [header, messages]
    socket.send_multipart([msgpack.encode(frame) for frame in frames])


def hear():
    return [msgpack.decode(frame) for frame in socket.recv_multipart()]


say("hello", 1)
hear()
print("pid", os.getpid(), sleeper and sleeper.pid)
if fault == "environment":
    print("sees", sorted(os.environ))
say("ready")
while True:
    (kind, *fields), *frames = hear()
    if kind == "batch":
        if fault == "hang":
            print("hangs")
            continue
        say("send", "out", messages=frames[0])
        say("done", fields[1])
    elif kind == "request":
        say("reply", *fields, messages={"n": 2 * frames[0]["n"], "text": frames[0]["text"]})
    elif kind == "end":
        say("end")
    elif kind == "bye":
        break
