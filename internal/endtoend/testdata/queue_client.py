"""Asks questions 0 to COUNT - 1, all at once, and prints the replies by their number: queue_client.py ENDPOINT COUNT."""

import json
import sys

import zmq

context = zmq.Context()
context.linger = 0
queue = context.socket(zmq.DEALER)
queue.connect(sys.argv[1])
count = int(sys.argv[2])
for n in range(count):
    queue.send_multipart([str(n).encode(), b"", json.dumps({"id": n}).encode()])

answers = {}
while len(answers) < count:
    envelope, empty, *reply = queue.recv_multipart()
    n = int(envelope)
    assert empty == b"" and n not in answers, (envelope, empty, reply)
    if len(reply) == 2:  # an error: an empty frame, and its text
        assert reply[0] == b"", reply
        answers[n] = reply[1].decode()
    else:
        answer = json.loads(reply[0])
        assert answer["id"] == n, (n, answer)
        answers[n] = "well"
for n in range(count):
    print(n, answers[n])
