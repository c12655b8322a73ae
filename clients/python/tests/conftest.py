from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any, Protocol

import pytest

from host import Host


class Begin(Protocol):
    """Runs a program under a host that the test speaks for."""

    def __call__(self, program: str, ports: dict[str, dict[str, Any]], *arguments: str, source: bool = False, **params: Any) -> Host: ...


@pytest.fixture
def begin(tmp_path: pathlib.Path) -> Iterator[Begin]:
    hosts: list[Host] = []

    def begin(program: str, ports: dict[str, dict[str, Any]], *arguments: str, source: bool = False, **params: Any) -> Host:
        hosts.append(Host(tmp_path, program, ports, *arguments, source=source, **params))
        return hosts[-1]

    yield begin
    for host in hosts:
        print(host.close())
