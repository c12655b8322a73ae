"""Publishes prices: python3 publish.py SYMBOL [ENDPOINT [HOW_MANY]]

It knows ZeroMQ and JSON, and nothing of opencore.
"""

import datetime
import json
import random
import sys
import time

import zmq

symbol = sys.argv[1]
endpoint = sys.argv[2] if len(sys.argv) > 2 else "tcp://127.0.0.1:7001"
count = int(sys.argv[3]) if len(sys.argv) > 3 else 10**9

socket = zmq.Context().socket(zmq.PUB)
socket.connect(endpoint)
price = 100.0
for _ in range(count):
    price *= 1 + random.gauss(0, 0.002)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    quote = {"symbol": symbol, "price": round(price, 2), "at": now}
    socket.send_multipart([symbol.encode(), json.dumps(quote).encode()])
    time.sleep(0.01)
