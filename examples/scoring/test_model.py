from __future__ import annotations

import pathlib

import pytest

from model import Model
from opencore.testing import Trial
from scoring_actors import Text, VerdictLabel


@pytest.mark.parametrize(("text", "label"), [("a wonderful story", VerdictLabel.good), ("boring and far too long", VerdictLabel.bad)])
def test_judges(text: str, label: VerdictLabel) -> None:
    trial = Trial(Model, path=str(pathlib.Path(__file__).with_name("reviews.csv")))
    verdict = trial.request("judge", Text(text=text))
    assert verdict.label == label
    assert 0.5 < verdict.sure <= 1
