"""The actor Scorer of sensors.actors."""

from __future__ import annotations

import collections
import statistics

import opencore
from sensors_actors import Reading, Scored


class Scorer:
    """Scores each reading among the last ones of its sensor. Since readings
    are keyed by their sensor, a replica sees all readings of the sensors that
    it sees."""

    window: int  # the parameter window

    def __init__(self) -> None:
        self.last: dict[str, collections.deque[float]] = {}

    def readings(self, reading: Reading) -> Scored:
        """Handles one message of the port readings."""
        last = self.last.setdefault(reading.sensor, collections.deque(maxlen=self.window))
        score = 0.0
        if len(last) == self.window and (spread := statistics.stdev(last)) > 0:
            score = (reading.value - statistics.fmean(last)) / spread
        if abs(score) < 4:  # what is unusual doesn't become usual by being there
            last.append(reading.value)
        return Scored(sensor=reading.sensor, at=reading.at, value=reading.value, score=score)


if __name__ == "__main__":
    opencore.run(Scorer)
