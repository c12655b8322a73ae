"""Prints candles: python3 subscribe.py [PREFIX [ENDPOINT [HOW_MANY]]]

It knows ZeroMQ and JSON, and nothing of opencore.
"""

import json
import sys

import zmq

prefix = sys.argv[1] if len(sys.argv) > 1 else ""
endpoint = sys.argv[2] if len(sys.argv) > 2 else "tcp://127.0.0.1:7002"
count = int(sys.argv[3]) if len(sys.argv) > 3 else 10**9

socket = zmq.Context().socket(zmq.SUB)
socket.subscribe(prefix)
socket.connect(endpoint)
for _ in range(count):
    topic, payload = socket.recv_multipart()
    candle = json.loads(payload)
    print(f"{topic.decode():8} {candle['open']:8.2f} {candle['high']:8.2f} {candle['low']:8.2f} {candle['close']:8.2f} {candle['prices']:4}", flush=True)
