"""Check: published examples replayed through the functions that serve the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import numpy as np

from riskcore.domain.copytrade import CopyMode, CopySize, follower_contracts
from riskcore.domain.days import next_reset
from riskcore.domain.events import AccountEvent, EventKind
from riskcore.domain.model import Account, RuleState, Snapshot
from riskcore.domain.observe import observe
from riskcore.domain.presets import Preset
from riskcore.domain.risks import account_risks
from riskcore.domain.rules import rule_from
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.consistency import Consistency
from riskcore.domain.standing import Standing, advance, unobserved
from riskcore.domain.status import Status, Thresholds
from riskcore.ingest.worked_examples import WorkedExample, read_examples
from riskcore.live.arrivals import placed_snapshots

OPENED = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MONEY_AGREES = 0.51
PERCENT_AGREES = 0.01
NUMBER = UUID(int=1)
CONSISTENCY_START = 100_000.0


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an example did not come out as published; `step` 0 is the end."""

    example: str
    step: int
    key: str
    found: object
    expected: object

    def __str__(self) -> str:
        where = f"step {self.step}" if self.step else "the end"
        return f"{self.example}, {where}: {self.key} is {self.found}, expected {self.expected}"


def check_examples(text: str) -> tuple[int, list[Difference]]:
    """How many examples of a file there are, and each difference; raises InvalidValue."""
    examples = read_examples(text)
    return len(examples), [one for example in examples for one in differences(example)]


def preset_differences(preset: Preset) -> Iterator[Difference]:
    """Where the example of `preset` does not come out as it says."""
    example = preset.example
    size = preset.size(example.size)
    rule = next(rule for rule in size.rules if rule.kind == example.rule)
    if isinstance(rule, Consistency):
        inputs = {"max_pct": rule.max_percent, "mode": rule.mode.value, "op": rule.op.value}
        found = [_consistent(inputs, step) for step in example.steps]
    else:
        account = example_account(rule, size.starting_balance, preset.time_zone, preset.reset_time)
        found = list(loss_answers(account, example.rule, example.steps))
    yield from _all_compared(preset.name, example.steps, found, example.expected)


def differences(example: WorkedExample) -> Iterator[Difference]:
    """Where `example` does not come out as it says."""
    found = list(answers(example))
    yield from _all_compared(example.id, example.steps, found, example.expected)


def _all_compared(
    name: str,
    steps: Sequence[Mapping[str, Any]],
    found: Sequence[Mapping[str, Any]],
    expected: Mapping[str, Any],
) -> Iterator[Difference]:
    for number, (step, answer) in enumerate(zip(steps, found, strict=True), start=1):
        yield from _compared(name, number, answer, step["expect"])
    for key, value in expected.items():
        if not isinstance(value, list):
            yield from _compared(name, 0, found[-1], {key: value})
        elif len(value) != len(found):
            yield Difference(name, 0, key, f"{len(found)} steps", f"{len(value)} values")
        else:
            for number, (answer, one) in enumerate(zip(found, value, strict=True), start=1):
                yield from _compared(name, number, answer, {key: one})


def _compared(
    name: str, step: int, found: Mapping[str, Any], expected: Mapping[str, Any]
) -> Iterator[Difference]:
    for key, value in expected.items():
        if not _agree(key, found[key], value):
            yield Difference(name, step, key, found[key], value)


def _agree(key: str, found: Any, expected: Any) -> bool:
    if found is None or isinstance(expected, bool):
        return bool(found is expected)
    allowed = PERCENT_AGREES if key == "pct" else MONEY_AGREES
    return bool(abs(found - expected) <= (0.0 if key == "follower_lots" else allowed) + 1e-9)


def answers(example: WorkedExample) -> Iterator[Mapping[str, Any]]:
    """What comes out after each step, by the keys that an example can expect."""
    if example.rule == "copier_size":
        return (_copied(example.inputs, step) for step in example.steps)
    if example.rule == "consistency":
        return (_consistent(example.inputs, step) for step in example.steps)
    return loss_answers(loss_account(example), example.rule, example.steps)


# --- daily and maximum loss


def loss_account(example: WorkedExample) -> Account:
    """The account an example of a loss rule speaks of, with its one rule."""
    inputs = example.inputs
    return example_account(
        loss_rule(example),
        starting_balance=inputs["initial"],
        time_zone=inputs.get("tz", "UTC"),
        reset_time=inputs.get("reset_time", time(0)),
    )


def example_account(
    rule: Rule, starting_balance: float, time_zone: str, reset_time: time
) -> Account:
    """An account of nobody with one rule."""
    return Account(
        id=NUMBER,
        user_id="check",
        number="example",
        name="example",
        starting_balance=starting_balance,
        time_zone=time_zone,
        reset_time=reset_time,
        rules=(rule,),
        created_at=OPENED,
        updated_at=OPENED,
    )


ACTIONS = {"soft": "pause", "hard": "hard"}
SAME_NAME = ("reference", "intraday_trail", "trail", "payout_effect", "measure")


def loss_rule(example: WorkedExample) -> Rule:
    """The rule of an example, its inputs in our words."""
    inputs = example.inputs
    parameters = {name: inputs[name] for name in SAME_NAME if name in inputs}
    is_amount = inputs.get("limit_amount") is not None
    given = ("limit_amount", "limit_amount") if is_amount else ("limit_percent", "limit_pct")
    parameters[given[0]] = inputs.get(given[1])
    if inputs.get("breach", "unstated") != "unstated":
        parameters["breach"] = inputs["breach"]
    if "action" in inputs:
        parameters["action"] = ACTIONS[inputs["action"]]
    if inputs.get("amount_base", "fixed") != "fixed" and not is_amount:
        parameters["amount_base"] = inputs["amount_base"]
    if inputs.get("lock_at") is not None and inputs.get("trail", "static") != "static":
        parameters["locks_at"] = inputs["lock_at"]
    return rule_from(example.rule, parameters)


def loss_answers(
    account: Account, kind: str, steps: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """The state of the account's rule of `kind` after each step."""
    replay = Replay(account)
    for step in steps:
        state = replay.step(step, kind)
        yield {
            "floor": state.floor,
            "buffer": state.buffer,
            "limit_amount": state.limit_amount,
            "violated": state.status is Status.VIOLATED,
        }


class Replay:
    """An account that lives through an example's steps, one snapshot after the other."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.now = OPENED
        self.standing: Standing = unobserved([account])

    def step(self, step: Mapping[str, Any], kind: str) -> RuleState:
        """The rule's answer after `step`."""
        if step["kind"] == "day_start":
            self.now = self._next_reset()
            return self.see(step["balance"], step["equity"], kind)
        self.now += MINUTE
        if step["kind"] == "payout":
            self._pay_out(step["amount"])
        state = self.see(step["balance"], step["equity"], kind)
        if step["kind"] == "eod" and kind == "max_loss":
            self.now = self._next_reset()  # the trail has moved: the close is the day's end
            return self.see(step["balance"], step["equity"], kind)
        return state

    def _next_reset(self) -> datetime:
        return next_reset(self.now, self.account.time_zone, self.account.reset_time)

    def _pay_out(self, amount: float) -> None:
        paid = AccountEvent(
            id=UUID(int=len(self.account.events)),
            account_id=self.account.id,
            kind=EventKind.PAYOUT,
            happened_at=self.now,
            amount=amount,
        )
        self.account = replace(self.account, events=(*self.account.events, paid))
        later = unobserved([self.account])
        self.standing = replace(self.standing, accounts=later.accounts, events=later.events)

    def see(self, balance: float, equity: float, kind: str) -> RuleState:
        """The rule's answer to a snapshot of now."""
        snapshot = Snapshot(
            account_id=self.account.id, taken_at=self.now, balance=balance, equity=equity
        )
        rows = placed_snapshots([snapshot], {self.account.id: 0})
        self.standing = advance(self.standing, rows)
        (found,) = account_risks(observe(self.standing, self.now), Thresholds())
        return found.rule_states[kind]


# --- consistency


def _consistent(inputs: Mapping[str, Any], step: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a history with these results gives: a day, or a trade, for each."""
    parameters = {
        "max_percent": inputs["max_pct"],
        "mode": inputs["mode"],
        "op": inputs.get("op", "le"),
        "target_amount": step.get("profit_target"),
    }
    account = example_account(
        rule_from("consistency", parameters), CONSISTENCY_START, "UTC", time(0)
    )
    state = _after(account, results(step), by_day=inputs["mode"] != "best_trade_of_total")
    total, required = state.measured, state.floor
    share_total = state.details.get("share_total")
    return {
        "pct": state.details.get("share_percent"),
        "ok": share_total is not None and total is not None and total >= share_total,
        "required_total": required,
        "extra_needed": None
        if required is None or total is None
        else max(0.0, round(required - total, 2)),
        "allowed_best": state.details.get("allowed_best"),
    }


def results(step: Mapping[str, Any]) -> list[float]:
    """The results of the days (or trades) a step tells of; where it does not, such as fit.

    The best comes first; what is left of the total is spread over results that are no
    better, or is one loss.
    """
    if "days" in step:
        return list(step["days"])
    best = step.get("best", 0.0)
    rest = round(step.get("total", best) - best, 2)
    if rest <= 0 or best <= 0:
        return [best, rest] if rest else [best]
    count = ceil(rest / best)
    edges = np.round(np.linspace(0, rest, count + 1), 2)
    return [best, *np.diff(edges).round(2).tolist()]


def _after(account: Account, history: Sequence[float], *, by_day: bool) -> RuleState:
    replay, balance = Replay(account), CONSISTENCY_START
    for result in history:
        balance = round(balance + result, 2)
        replay.now += timedelta(days=1) if by_day else MINUTE
        state = replay.see(balance, balance, "consistency")
    return state


# --- copied sizes


def _copied(inputs: Mapping[str, Any], step: Mapping[str, Any]) -> Mapping[str, Any]:
    mode = CopyMode(inputs["mode"])
    money = "equity" if mode is CopyMode.EQUITY else "balance"
    followers = step.get("followers")
    size = CopySize(
        mode=mode,
        fixed_contracts=inputs.get("lots"),
        multiplier=step.get("multiplier", inputs.get("multiplier", 1.0)),
        leader_money=step.get(f"master_{money}"),
        follower_money=step.get(f"follower_{money}"),
        followers=None if followers is None else int(followers),
    )
    return {"follower_lots": follower_contracts(step["master_lots"], size)}
