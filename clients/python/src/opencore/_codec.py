"""Messages as bytes and back, in the codec of a port."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

_log = logging.getLogger("opencore")

MAX_FRAME = 65 << 20
"""The longest frame that the host takes."""

# msgspec has no word for a type that is known only at run time.
_Type = Any


def _foreign(value: Any) -> Any:
    """Gives what msgspec doesn't know as what it does: arrays and numbers of numpy."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a {type(value).__name__} can't be part of a message")


_msgpack = msgspec.msgpack.Encoder(enc_hook=_foreign)
_json = msgspec.json.Encoder(enc_hook=_foreign)
_parts = msgspec.msgpack.Decoder(list[msgspec.Raw])
_blobs = msgspec.msgpack.Decoder(list[bytes])
_raw = msgspec.msgpack.Encoder()

Problem = tuple[int, str]
"""A message that is rejected: its index in its batch, and why."""


class Batch(NamedTuple):
    """What a batch was read as."""

    messages: list[Any]
    indexes: Sequence[int]
    """The index of each message; those that could not be read are left out."""
    problems: list[Problem]


class Reader:
    """Reads messages of one type."""

    def __init__(self, codec: str, message: _Type) -> None:
        self._packed = codec == "msgpack"
        self._all: msgspec.msgpack.Decoder[list[Any]] = msgspec.msgpack.Decoder(list[message])
        self.one: Callable[[bytes], Any] = _ONE[codec](message)
        """Reads one message from its bytes."""

    def all(self, frame: bytes) -> Batch:
        """Reads a batch."""
        if self._packed:
            try:
                messages = self._all.decode(frame)
                return Batch(messages, range(len(messages)), [])
            except msgspec.ValidationError:
                return self._each(_parts.decode(frame))
        return self._each(_blobs.decode(frame))

    def _each(self, parts: Iterable[Any]) -> Batch:
        messages: list[Any] = []
        indexes: list[int] = []
        problems: list[Problem] = []
        for index, part in enumerate(parts):
            try:
                messages.append(self.one(part))
                indexes.append(index)
            except Exception as error:  # whatever a codec or a type's own check raises
                problems.append((index, str(error)))
        return Batch(messages, indexes, problems)


class Writer:
    """Writes messages of one port."""

    def __init__(self, codec: str) -> None:
        self._packed = codec == "msgpack"
        self.one = _WRITE[codec]
        """Writes one message."""

    def all(self, messages: Sequence[Any]) -> list[bytes]:
        """Writes messages as frames, one as a rule."""
        frame = self._frame(messages)
        if len(frame) <= MAX_FRAME or len(messages) == 1:
            return [frame]
        half = len(messages) // 2
        return self.all(messages[:half]) + self.all(messages[half:])

    def _frame(self, messages: Sequence[Any]) -> bytes:
        if self._packed:
            try:
                return _msgpack.encode(messages)
            except Exception:  # of a single message; which one it is shows below
                pass
        return _raw.encode([self._element(message) for message in messages])

    def _element(self, message: Any) -> Any:
        """Writes one; nil for one that can't be, which the host rejects and counts."""
        try:
            data = self.one(message)
        except Exception as error:
            _log.error("a message can't be sent: %s: %.200r", error, message)
            return None
        return msgspec.Raw(data) if self._packed else data


def _read_msgpack(message: _Type) -> Callable[[bytes], Any]:
    return msgspec.msgpack.Decoder(message).decode


def _read_json(message: _Type) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(message).decode


def _read_raw(message: _Type) -> Callable[[bytes], Any]:
    """The bytes as they are, or the only field of a class."""
    if message is str:
        return lambda data: str(data, "utf-8")
    if isinstance(message, type) and issubclass(message, msgspec.Struct):
        field = msgspec.structs.fields(message)[0]
        value = _read_raw(field.type)
        return lambda data: message(**{field.name: value(data)})
    return bytes


def _read_pickle(message: _Type) -> Callable[[bytes], Any]:
    # It is the host that has written it, from what it had taken apart itself:
    # nothing that comes from elsewhere gets here as it was.
    return lambda data: msgspec.convert(pickle.loads(data), message)


_ONE: dict[str, Callable[[_Type], Callable[[bytes], Any]]] = {
    "msgpack": _read_msgpack,
    "json": _read_json,
    "raw": _read_raw,
    "pickle": _read_pickle,
}


def _write_raw(message: Any) -> bytes:
    if isinstance(message, msgspec.Struct):
        (message,) = msgspec.structs.astuple(message)
    return message.encode() if isinstance(message, str) else bytes(message)


def _write_pickle(message: Any) -> bytes:
    return pickle.dumps(msgspec.to_builtins(message, builtin_types=(bytes,), enc_hook=_foreign), protocol=4)


_WRITE: dict[str, Callable[[Any], bytes]] = {
    "msgpack": _msgpack.encode,
    "json": _json.encode,
    "raw": _write_raw,
    "pickle": _write_pickle,
}
