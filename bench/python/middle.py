"""The actor Middle of middle.actors, both ways to write it."""

from __future__ import annotations

import sys

import opencore
from middle_actors import Item, Sized


def one(item: Item) -> Sized:
    return Sized(id=item.id, double=item.size * 2, name=item.name)


def batch(items: list[Item]) -> list[Sized]:
    return [Sized(id=item.id, double=item.size * 2, name=item.name) for item in items]


if __name__ == "__main__":
    opencore.run({"one": one, "batch": batch}[sys.argv[1]])
