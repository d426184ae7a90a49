"""Worked examples: a closed vocabulary, and anything else refused by name."""

from __future__ import annotations

import json

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.ingest.worked_examples import read_examples

STEP = {"kind": "tick", "balance": 50_000, "equity": 50_000}
INPUTS = {"initial": 50_000, "limit_amount": 2_000, "trail": "static"}


def a_file(**changed: object) -> str:
    """A file with one example that is right, but for what is changed."""
    one = {"id": "mine", "rule": "max_loss", "inputs": INPUTS, "steps": [STEP], "expected": {}}
    return json.dumps([{**one, **changed}])


def test_an_example_that_is_right_is_read():
    (example,) = read_examples(a_file(source="https://example.org", trust="firm", note="said so"))
    assert (example.id, example.rule, len(example.steps)) == ("mine", "max_loss", 1)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rule": "weekly_loss"}, "example mine rule must be one of daily_loss, .*, was 'weekly_l"),
        ({"extra": 1}, "example mine key must be one of id, .*, was 'extra'"),
        ({"trust": "rumour"}, "example mine trust must be one of firm, .*, was 'rumour'"),
        ({"inputs": {**INPUTS, "trial": 1}}, "inputs key must be one of .*trail.*, was 'trial'"),
        ({"inputs": {**INPUTS, "trail": "eod"}}, "inputs trail must be one of static, .*'eod'"),
        ({"inputs": {**INPUTS, "initial": "5"}}, "inputs initial must be a number, was '5'"),
        ({"inputs": {**INPUTS, "initial": True}}, "inputs initial must be a number, was True"),
        ({"inputs": {**INPUTS, "tz": "Mars/Base"}}, "time_zone must be an IANA zone"),
        ({"inputs": {**INPUTS, "reset_time": "25:00"}}, "reset_time must be a time of day"),
        ({"inputs": []}, "inputs must be an object"),
        ({"steps": []}, "steps must be a list of steps"),
        ({"steps": [1]}, "step 1 must be an object"),
        ({"steps": [{**STEP, "kind": "pay"}]}, "step 1 kind must be one of open, .*, was 'pay'"),
        ({"steps": [{"kind": "tick", "balance": 1}]}, "step 1 equity must be given"),
        ({"steps": [{**STEP, "lots": 1}]}, "step 1 key must be one of .*, was 'lots'"),
        ({"steps": [{**STEP, "amount": 1}]}, "step 1 amount goes with a payout"),
        ({"steps": [{**STEP, "kind": "payout"}]}, "step 1 amount goes with a payout"),
        ({"steps": [{**STEP, "expect": {"pct": 1}}]}, "step 1 expect key must be one of floor"),
        ({"expected": {"violated": 1}}, "expected violated must be true or false, was 1"),
        ({"expected": {"floor": [1, "2"]}}, "expected floor must be a number, was '2'"),
        ({"expected": None}, "expected must be an object"),
    ],
)
def test_what_is_not_in_the_vocabulary_is_refused_by_name(changed, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        read_examples(a_file(**changed))


def test_days_are_a_list_of_numbers():
    inputs = {"max_pct": 40, "mode": "best_day_of_total"}
    text = a_file(rule="consistency", inputs=inputs, steps=[{"days": []}])
    with pytest.raises(InvalidValue, match="step 1 days must be a list of numbers"):
        read_examples(text)
    text = a_file(rule="consistency", inputs=inputs, steps=[{"days": [1, -2.5]}])
    assert read_examples(text)[0].steps[0]["days"] == [1.0, -2.5]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "the file must be JSON"),
        ("{}", "the file must be a list of examples, was dict"),
        ("[1]", "example 1 must be an object"),
        ("[{}]", "example 1 id must be given"),
    ],
)
def test_what_is_no_file_of_examples_is_refused(text, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        read_examples(text)


def test_an_example_is_there_once():
    twice = json.dumps(json.loads(a_file()) * 2)
    with pytest.raises(InvalidValue, match="id must be there once, was mine"):
        read_examples(twice)
