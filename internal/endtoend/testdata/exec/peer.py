"""A foreign peer: asks at its first argument, pushes to its second and pulls
from its third, in JSON."""

import sys

import zmq

ask, push, pull = sys.argv[1:4]
count = int(sys.argv[4])
context = zmq.Context()
asker = context.socket(zmq.REQ)
asker.connect(ask)
for n in range(count):
    asker.send_json({"n": n, "text": "question"})
    if asker.recv_json() != {"n": 2 * n, "text": "question"}:
        sys.exit("a wrong answer")

pusher, puller = context.socket(zmq.PUSH), context.socket(zmq.PULL)
pusher.connect(push)
puller.connect(pull)
for n in range(count):
    pusher.send_json({"n": n, "text": "pushed"})
got = [puller.recv_json()["n"] for n in range(count)]
if got != list(range(count)):
    sys.exit(f"wrong messages: {got}")
print("all is well")
