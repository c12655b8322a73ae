"""Programs under a host, as processes."""

from __future__ import annotations

import json
import os
import pathlib
import pickle
import subprocess
import sys

from conftest import Begin
from host import HERE, PATH, PATIENCE

IN = {"pattern": "in", "message": "Person"}
OUT = {"pattern": "push", "message": "Greeting"}
GREET = {"people": IN, "greetings": OUT}


def people(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def test_function(begin: Begin) -> None:
    host = begin("function.py", GREET, word="Hello")
    host.start()
    number = host.batch("people", {"name": "Ada", "age": None}, {"name": ""}, {"name": "?"}, {"name": "Grace"}, {"nom": 1}, {"name": "!"})
    assert host.expect("send", "greetings") == [{"text": "Hello, Ada!"}, {"text": "Hello, Grace!"}]
    (kind, done, rejected), _ = host.hear()
    assert (kind, done) == ("done", number)
    reasons = dict(rejected)
    assert sorted(reasons) == [2, 4, 5]
    assert reasons[2] == "nobody knows who that is"
    assert "name" in reasons[4]
    assert reasons[5] == "ValueError: such a name"
    assert ("info", "Ada is here") in host.logs
    assert any(level == "error" and "raise ValueError" in text and "_session.py" not in text and "_plain.py" not in text for level, text in host.logs)
    assert not any("nobody knows" in text for _, text in host.logs)
    host.end()


def test_batches_and_stop(begin: Begin) -> None:
    host = begin("batches.py", GREET)
    host.start()
    number = host.batch("people", *people("a", "", "b"))
    assert host.expect("send", "greetings") == [{"text": "a and b"}]
    host.expect("done", number, [[1, "no name"]])
    host.say("end")
    assert host.expect("send", "greetings") == [{"text": "good night"}]
    host.farewell()


def test_other_threads_send_and_log(begin: Begin) -> None:
    host = begin("threads.py", {**GREET, "greetings": {"pattern": "push"}})
    host.start()
    for name in ("a", "b"):
        number = host.batch("people", *people(name))
        got = sorted([host.hear(), host.hear()], key=lambda said: str(said[0][0]))
        assert got == [(["done", number], None), (["send", "greetings"], [{"text": [1.0, 2.0]}])]
        assert host.logs[-1] == ("warn", "sending " + name)
    host.end()


def test_source_ends_by_itself(begin: Begin) -> None:
    host = begin("source.py", {"people": {**OUT, "message": "Person"}}, "count", source=True, most=5000)
    host.start()
    got: list[int] = []
    while len(got) < 5000:
        got += [person["age"] for person in host.expect("send", "people")]
    assert got == list(range(5000))
    host.farewell()


def test_sources_are_stopped(begin: Begin) -> None:
    for which in ("Endless", "Unhurried"):
        host = begin("source.py", {"people": {**OUT, "message": "Person"}}, which, source=True)
        host.start()
        got = host.expect("send", "people")
        host.say("stop")
        while True:
            header, more = host.hear()
            if header[0] == "end":
                break
            got += more
        assert [person["name"] for person in got] == [str(n) for n in range(len(got))]
        host.say("bye")
        assert host.process.wait(PATIENCE) == 0
        host.socket.unbind(host.socket.last_endpoint)


def test_stuck_source_sends_and_is_interrupted(begin: Begin) -> None:
    host = begin("source.py", {"people": {**OUT, "message": "Person"}}, "Stuck", source=True)
    host.start()
    assert host.expect("send", "people") == [{"name": "one", "age": None}]
    host.say("stop")
    assert host.expect("send", "people") == [{"name": "last", "age": None}]
    host.farewell()


ASK = {"pattern": "dealer", "message": "Person", "reply": "Greeting"}


def test_ask(begin: Begin) -> None:
    host = begin("requests.py", {**GREET, "greet": ASK}, "Plain")
    host.start()
    first, second = host.batch("people", *people("a")), host.batch("people", *people("b"))
    (kind, port, number), request = host.hear()
    assert (kind, port, request["name"]) == ("request", "greet", "a")
    host.say("reply", "greet", number, messages={"text": "hi a"})
    assert host.expect("send", "greetings") == [{"text": "hi a"}]
    host.expect("done", first)
    (_, _, number), _ = host.hear()
    host.say("error", "greet", number, "no time")
    assert host.expect("send", "greetings") == [{"text": "none: no time"}]
    host.expect("done", second)
    host.end()


def test_ask_many(begin: Begin) -> None:
    for which in ("Many", "Async"):
        host = begin("requests.py", {**GREET, "greet": ASK}, which)
        host.start()
        batch = host.batch("people", *people("a", "b", "c"))
        asked = [host.hear() for _ in range(3)]
        for (_, port, number), request in reversed(asked):
            host.say("reply", port, number, messages={"text": "hi " + request["name"]})
        assert host.expect("send", "greetings") == [{"text": "hi a"}, {"text": "hi b"}, {"text": "hi c"}]
        host.expect("done", batch)
        host.end()
        host.socket.unbind(host.socket.last_endpoint)


ROUTER = {"questions": {"pattern": "router", "message": "Person", "reply": "Greeting"}}


def test_answers(begin: Begin) -> None:
    host = begin("requests.py", ROUTER, "Answering")
    host.start()
    host.say("request", "questions", 7, messages={"name": "Ada"})
    assert host.expect("reply", "questions", 7) == {"text": "Ada"}
    host.say("request", "questions", 8, messages={"name": ""})
    host.expect("error", "questions", 8, "ValueError: no name")
    host.say("request", "questions", 9, messages={"age": 1})
    (kind, _, number, _), _ = host.hear()
    assert (kind, number) == ("error", 9)
    host.end()


def test_deferred_and_concurrent_answers(begin: Begin) -> None:
    host = begin("requests.py", ROUTER, "Later")
    host.start()
    host.say("request", "questions", 1, messages={"name": "a"})
    host.say("request", "questions", 2, messages={"name": "b"})
    host.expect("error", "questions", 2, "too late")
    assert host.expect("reply", "questions", 1) == {"text": "b"}
    host.end()


def test_async_requests_run_side_by_side(begin: Begin) -> None:
    host = begin("requests.py", ROUTER, "AsyncAnswering")
    host.start()
    host.say("request", "questions", 1, messages={"name": "first"})
    host.say("request", "questions", 2, messages={"name": "second"})
    assert host.expect("reply", "questions", 2) == {"text": "second"}
    assert host.expect("reply", "questions", 1) == {"text": "first"}
    host.end()


def test_codecs(begin: Begin, tmp_path: pathlib.Path) -> None:
    plain = {"name": "Ada", "age": 3}
    for codec, which, message, sent, read in (
        ("json", "Passing", json.dumps(plain).encode(), plain, json.loads),
        ("pickle", "Passing", pickle.dumps(plain), plain, pickle.loads),
        ("raw", "Bytes", b"\x00x", b"\x00xt", bytes),
        ("raw", "Blobs", b"\x00x", b"\x00xt", bytes),
    ):
        ports = {"things": {"pattern": "sub", "codec": codec}, "things_out": {"pattern": "push", "codec": codec}}
        host = begin("codecs.py", ports, which)
        host.start()
        number = host.batch("things", message, topics=[b"t"])
        assert [read(data) for data in host.expect("send", "things_out")] == [sent]
        host.expect("done", number)
        host.end()
        host.socket.unbind(host.socket.last_endpoint)


def test_what_does_not_fit_is_said(begin: Begin) -> None:
    for ports, params, want in (
        (GREET, {}, "wants 'word'"),
        (GREET, {"word": "x", "size": 1}, "does not take the parameter 'size'"),
        (GREET, {"word": 7}, "parameter 'word'"),
        ({"cats": IN, "dogs": IN, "greetings": OUT}, {"word": "x"}, "nothing that handles the port 'cats'"),
        ({"people": {**IN, "message": "Greeting"}, "greetings": OUT}, {"word": "x"}, "needs a field 'name'"),
    ):
        host = begin("function.py", ports, **params)
        reason, *parameter = host.failed()
        assert want in reason
        assert parameter == (["word"] if params == {"word": 7} else [""])
        host.socket.unbind(host.socket.last_endpoint)


def test_alone_it_says_who_runs_it() -> None:
    environment = {**os.environ, "PYTHONPATH": PATH}
    done = subprocess.run([sys.executable, HERE / "actors" / "function.py"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "opencore runs it" in done.stderr
