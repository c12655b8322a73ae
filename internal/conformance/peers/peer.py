"""A peer that is not ours: one pyzmq socket that does what it is told.

usage: peer.py PATTERN bind|connect ENDPOINT [NAME=VALUE ...]

It is told on stdin, a line each, and says on stdout:

    at ENDPOINT         it is bound, or has connected
    send FRAME ...      send a message     got FRAME ...   has come
    subscribe FRAME     of a SUB           unsubscribe FRAME

A FRAME is hex ("-" if it is empty), or SIZE#SEED: so many bytes, each of them
the low byte of its index times 31 plus SEED. Frames of over 1,100 bytes are
reported as SIZE#CRC32. With codec=NAME a frame =JSON is that value, encoded
with Python's own library, and so is reported the last frame of what comes.

Other options: identity=TEXT, hwm=N, read=no (never reads). It ends with its
stdin, and lets go what it has sent.
"""

import json
import os
import pickle
import sys
import zlib

import msgspec
import zmq

ENCODE = {
    "msgpack": msgspec.msgpack.encode,
    "json": lambda value: json.dumps(value).encode(),
    "raw": lambda value: value.encode(),
    "pickle": pickle.dumps,
}
DECODE = {
    "msgpack": msgspec.msgpack.decode,
    "json": json.loads,
    "raw": lambda data: data.decode(),
    "pickle": pickle.loads,
}


def pattern_bytes(size, seed):
    period = bytes((i * 31 + seed) & 0xFF for i in range(256))
    return (period * (size // 256 + 1))[:size]


class Peer:
    def __init__(self, pattern, how, endpoint, options):
        self.codec = options.get("codec")
        self.context = zmq.Context()
        self.socket = self.context.socket(getattr(zmq, pattern.upper()))
        self.socket.linger = 2000
        self.socket.ipv6 = True
        if "identity" in options:
            self.socket.identity = options["identity"].encode()
        if "hwm" in options:
            self.socket.hwm = int(options["hwm"])
        if pattern == "sub" and "topic" not in options:
            self.socket.subscribe(b"")
        for topic in options.get("topic", "").split(",") if "topic" in options else []:
            self.socket.subscribe(self.frame(topic))
        getattr(self.socket, how)(endpoint)
        self.say("at", self.socket.last_endpoint.decode().rstrip("\0") if how == "bind" else endpoint)
        self.reads = options.get("read") != "no" and pattern not in ("push", "pub")

    def say(self, *words):
        sys.stdout.write(" ".join(words) + "\n")
        sys.stdout.flush()

    def frame(self, word):
        if word == "-":
            return b""
        if word.startswith("="):
            return ENCODE[self.codec](json.loads(word[1:]))
        if "#" in word:
            size, seed = word.split("#")
            return pattern_bytes(int(size), int(seed))
        return bytes.fromhex(word)

    def word(self, data, last):
        if last and self.codec:
            text = json.dumps(DECODE[self.codec](data), separators=(",", ":"), ensure_ascii=False, default=str)
            return "=" + text.replace(" ", "\\u0020")
        if len(data) > 1100:
            return f"{len(data)}#{zlib.crc32(data):08x}"
        return data.hex() or "-"

    def heard(self):
        frames = self.socket.recv_multipart()
        self.say("got", *[self.word(f, i == len(frames) - 1) for i, f in enumerate(frames)])

    def told(self, line):
        verb, *words = line.split(" ")
        frames = [self.frame(word) for word in words]
        if verb == "send":
            self.socket.send_multipart(frames)
        elif verb in ("subscribe", "unsubscribe"):
            getattr(self.socket, verb)(frames[0])
        else:
            raise ValueError(f"there is no command {verb}")

    def run(self):
        poller = zmq.Poller()
        poller.register(sys.stdin.fileno(), zmq.POLLIN)
        if self.reads:
            poller.register(self.socket, zmq.POLLIN)
        rest = b""
        while True:
            ready = dict(poller.poll())
            if self.socket in ready:
                self.heard()
            if sys.stdin.fileno() in ready:
                chunk = os.read(sys.stdin.fileno(), 1 << 16)
                if not chunk:
                    break
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self.told(line.decode())
        self.socket.close()
        self.context.term()


if __name__ == "__main__":
    Peer(*sys.argv[1:4], dict(option.split("=", 1) for option in sys.argv[4:])).run()
