"""Reads messages and writes them again, as a Python peer would: lines of "codec hex" in, lines of hex out."""

import pickle
import sys

import msgspec

for line in sys.stdin:
    codec, data = line.split()
    data = bytes.fromhex(data)
    if codec == "msgpack":
        again = msgspec.msgpack.encode(msgspec.msgpack.decode(data))
    else:
        again = pickle.dumps(pickle.loads(data), protocol=int(codec.removeprefix("pickle")))
    print(again.hex())
