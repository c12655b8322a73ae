"""Writes pickles.json: what Python's pickle makes of some values, in each protocol.

Run it with any Python from 3.8 on: python3 pickles.py > pickles.json
"""

import json
import pickle
import pickletools

shared = [1, 2]
values = {
    "scalars": {
        "no": None, "t": True, "f": False, "i": [0, 255, 256, 65535, 65536, -1, 2**31 - 1, -2**31, 2**31, 2**63 - 1, -2**63],
        "x": [0.1, -1.5, 1e300, float("inf")], "s": ["", "abc", "é", "€😀", "a\nb\\u0041\r\0\x1a", "x" * 300],
    },
    "shared": {"a": shared, "b": shared, "c": {"k": shared}},
    "nested": {"tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], "deep": {"er": [{"and": ["deeper"]}]}, "empty": [[], {}]},
    "long": [0] * 1001,
}
binary = {"b": [b"", b"\xff\x00", b"x" * 300]}
newer = {"b": bytearray(b"\xff\x00")}
sets = {"s": {1}, "f": frozenset({"a"})}

pickles = []


def add(name, value, protocols):
    for protocol in protocols:
        data = pickle.dumps(value, protocol=protocol)
        pickles.append({"name": f"{name}, protocol {protocol}", "pickle": data.hex(), "json": as_json(value)})
        pickles.append({"name": f"{name}, protocol {protocol}, optimized", "pickle": pickletools.optimize(data).hex(), "json": as_json(value)})


def as_json(value):
    def other(v):
        if isinstance(v, (bytes, bytearray)):
            import base64
            return base64.b64encode(v).decode()
        return list(v)

    return json.dumps(value, default=other).replace("Infinity", '"Infinity"')


for name, value in values.items():
    add(name, value, range(6))
add("bytes", binary, range(3, 6))
add("a bytearray", newer, [5])
add("sets", sets, [4, 5])
print(json.dumps(pickles, indent=0))
