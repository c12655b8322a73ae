"""Asks the model: python3 client.py "what a lovely film". It knows nothing of
opencore; it needs pyzmq alone."""

from __future__ import annotations

import json
import os
import sys

import zmq


def main(texts: list[str]) -> None:
    socket = zmq.Context().socket(zmq.REQ)
    socket.connect(os.environ.get("MODEL", "tcp://127.0.0.1:7000"))
    for text in texts:
        socket.send(json.dumps({"text": text}).encode())
        first, *error = socket.recv_multipart()
        if error:  # an empty frame, and what is wrong
            sys.exit(f"{text}: {error[0].decode()}")
        verdict = json.loads(first)
        print(f"{verdict['label']} ({verdict['sure']:.2f}): {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
