"""The messages of the tests."""

from __future__ import annotations

import msgspec


class Person(msgspec.Struct, kw_only=True, gc=False):
    name: str
    age: int | None = None


class Greeting(msgspec.Struct, kw_only=True, gc=False):
    text: str


class Blob(msgspec.Struct, kw_only=True, gc=False):
    data: bytes


SHAPES = {
    "Person": [["name", "string", None], ["age", "int?", None]],
    "Greeting": [["text", "string", None]],
    "Blob": [["data", "bytes", None]],
}
