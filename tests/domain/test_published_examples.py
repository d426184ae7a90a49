"""What firms and public tests publish with numbers, replayed step by step."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskcore.domain.days import next_reset
from riskcore.domain.evaluate import account_risks, observe
from riskcore.domain.model import Account, RuleState
from riskcore.domain.rules import KINDS, rule_from
from riskcore.domain.standing import Standing, advance, unobserved
from riskcore.domain.status import Status
from tests.domain.rulebook import STANDARD, account, frame

EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "examples" / "worked_examples.json").read_text()
)
OPENED = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def cannot_say(example: dict[str, Any]) -> str | None:
    """Why the parameters of today cannot express an example; None if they can."""
    inputs = example["inputs"]
    if example["rule"] not in KINDS:
        return f"no kind {example['rule']}"
    if inputs["amount_base"] in {"peak", "hwm"}:
        return "no percentage of a peak"
    if inputs.get("intraday_trail"):
        return "no trail within the day"
    if any(step["kind"] == "payout" for step in example["steps"]):
        return "no payouts"
    return None


def account_of(example: dict[str, Any]) -> Account:
    """The account an example speaks of, with its one rule."""
    inputs = example["inputs"]
    parameters = {
        "limit_amount": inputs.get("limit_amount"),
        "limit_percent": inputs.get("limit_pct"),
        "measure": inputs["measure"],
        "breach": {"unstated": "below"}.get(inputs["breach"], inputs["breach"]),
    }
    if example["rule"] == "daily_loss":
        parameters["reference"] = inputs["reference"]
        parameters["action"] = {"soft": "pause", "hard": "hard"}[inputs["action"]]
        if inputs["amount_base"] != "fixed":
            parameters["amount_base"] = inputs["amount_base"]
    else:
        parameters |= {"trail": inputs["trail"], "locks_at": inputs["lock_at"]}
    return account(
        rule_from(example["rule"], parameters),
        starting_balance=float(inputs["initial"]),
        time_zone=inputs.get("tz", "UTC"),
        reset_time=time.fromisoformat(inputs.get("reset_time", "00:00")),
    )


class Replay:
    """An account that lives through an example's steps."""

    def __init__(self, one: Account) -> None:
        self.account = one
        self.now = OPENED
        self.standing: Standing = unobserved([one])

    def step(self, step: dict[str, Any]) -> RuleState:
        """The rule's answer after `step`."""
        if step["kind"] == "day_start":
            self.now = self._next_reset()
            return self._see(step)
        self.now += MINUTE
        state = self._see(step)
        if step["kind"] == "eod" and state.rule == "max_loss":
            self.now = self._next_reset()  # the trail has moved: the close is the day's end
            return self._see(step)
        return state

    def _next_reset(self) -> datetime:
        return next_reset(self.now, self.account.time_zone, self.account.reset_time)

    def _see(self, step: dict[str, Any]) -> RuleState:
        seen = [(self.now, step["balance"], step["equity"])]
        self.standing = advance(self.standing, frame([self.account], {self.account.id: seen}))
        (found,) = account_risks(observe(self.standing, self.now), STANDARD)
        return found.rule_states[self.account.rules[0].kind]


def found_in(state: RuleState) -> dict[str, float | bool | None]:
    """A state by the keys an example expects."""
    return {
        "floor": state.floor,
        "buffer": state.buffer,
        "limit_amount": state.limit_amount,
        "violated": state.status is Status.VIOLATED,
    }


@pytest.mark.parametrize(
    "example",
    [example for example in EXAMPLES if cannot_say(example) is None],
    ids=lambda example: example["id"],
)
def test_a_published_example_comes_out_as_published(example):
    replay = Replay(account_of(example))
    for number, step in enumerate(example["steps"], start=1):
        found = found_in(replay.step(step))
        for key, value in step.get("expect", {}).items():
            assert found[key] == value, (number, key)
    for key, value in example["expected"].items():
        assert found[key] == value, ("last", key)


def test_most_published_examples_can_be_said():
    """The rest waits for percentages of a peak, daily trails, payouts and other kinds."""
    loss_rules = [example for example in EXAMPLES if example["rule"] in KINDS]
    said = [example for example in loss_rules if cannot_say(example) is None]
    assert len(loss_rules) == 72
    assert len(said) == 72 - 6
    assert all("source" in example and "note" not in example for example in EXAMPLES)
