from greeter import Greeter
from hello_actors import Greeting, Person
from opencore.testing import Trial


def test_greets_each_once() -> None:
    trial = Trial(Greeter, word="Hello")
    trial.send("people", Person(name="Ada"), Person(name="Grace"), Person(name="Ada"))
    assert trial.sent() == [Greeting(text="Hello, Ada!"), Greeting(text="Hello, Grace!")]
