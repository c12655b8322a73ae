"""The actor Model of scoring.actors."""

from __future__ import annotations

import collections
import csv
import logging
import math
import re

import opencore
from scoring_actors import Text, Verdict, VerdictLabel

log = logging.getLogger("model")


class Model:
    """A naive Bayes classifier, which learns from reviews when it starts."""

    path: str  # the parameter path: a CSV file with a label and a text a row

    def start(self) -> None:
        """Learns; nobody asks before all have started."""
        self.texts: collections.Counter[str] = collections.Counter()
        self.words: dict[str, collections.Counter[str]] = {label.value: collections.Counter() for label in VerdictLabel}
        with open(self.path, newline="") as file:
            for row in csv.DictReader(file):
                self.texts[row["label"]] += 1
                self.words[row["label"]].update(words(row["text"]))
        log.info("learned from %d reviews", self.texts.total())

    def judge(self, texts: list[Text]) -> list[Verdict]:
        """Answers all requests that are there at once: a model that is quicker
        with many at a time would take them so."""
        return [self.verdict(text.text) for text in texts]

    def verdict(self, text: str) -> Verdict:
        chances = {label: self.chance(label.value, words(text)) for label in VerdictLabel}
        best = max(chances, key=lambda label: chances[label])
        others = sum(math.exp(chance - chances[best]) for chance in chances.values())
        return Verdict(label=best, sure=1 / others)

    def chance(self, label: str, words: list[str]) -> float:
        """The logarithm of how likely such a text is."""
        known = self.words[label]
        total = known.total() + len(set().union(*self.words.values()))
        return math.log(self.texts[label]) + sum(math.log((known[word] + 1) / total) for word in words)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


if __name__ == "__main__":
    opencore.run(Model)
