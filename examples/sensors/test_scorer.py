from __future__ import annotations

from datetime import datetime, timezone

from opencore.testing import Trial
from scorer import Scorer
from sensors_actors import Reading

AT = datetime(2026, 3, 1, tzinfo=timezone.utc)


def scores(*values: float) -> list[float]:
    trial = Trial(Scorer, window=3)
    trial.send("readings", *(Reading(sensor="oven", at=AT, value=value) for value in values))
    return [scored.score for scored in trial.sent()]


def test_scores_among_the_last_ones() -> None:
    assert scores(1, 2, 3, 4, 5) == [0, 0, 0, 2, 2]


def test_what_is_unusual_stays_so() -> None:
    assert scores(1, 2, 3, 10, 10) == [0, 0, 0, 8, 8]
