"""A publisher and a subscriber with a proxy between them: proxy_peers.py STATIONS SUBSCRIBERS."""

import json
import sys

import zmq

context = zmq.Context()
context.linger = 0
stations = context.socket(zmq.XPUB)
stations.bind(sys.argv[1])
reader = context.socket(zmq.SUB)
reader.subscribe(b"10")
reader.connect(sys.argv[2])


def publish(zip_code, n):
    payload = json.dumps({"zip": zip_code, "temperature": n, "humidity": 50})
    stations.send_multipart([zip_code.encode(), payload.encode()])


stations.recv()  # the proxy's subscription
while not reader.poll(10):  # ours has come through when the first message does
    publish("10000", -1)
for n in range(100):
    for zip_code in "10001", "20001", "1":
        publish(zip_code, n)
publish("10002", 0)

got = []
while True:
    topic, payload = reader.recv_multipart()
    weather = json.loads(payload)
    assert weather["zip"] == topic.decode(), (topic, weather)
    if topic == b"10002":
        break
    if topic != b"10000":
        got.append((topic, weather["temperature"]))
assert got == [(b"10001", n) for n in range(100)], got
