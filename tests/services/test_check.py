"""Check: what firms and public tests publish with numbers, replayed step by step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from riskcore.domain.errors import InvalidValue
from riskcore.ingest.worked_examples import read_examples
from riskcore.services.check import check_examples, differences, preset_differences, results
from riskcore.services.presets import list_presets

EXAMPLES = Path(__file__).parents[1] / "examples" / "worked_examples.json"
PUBLISHED = read_examples(EXAMPLES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", PUBLISHED, ids=lambda example: example.id)
def test_a_published_example_comes_out_as_published(example):
    assert [str(one) for one in differences(example)] == []


def test_all_the_published_examples_are_tried():
    count, found = check_examples(EXAMPLES.read_text(encoding="utf-8"))
    assert (count, found) == (95, [])


def test_a_published_example_names_its_source():
    said = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    assert all(one["source"] for one in said)
    assert not any("note" in one for one in said)


def an_example(rule: str, inputs: dict[str, Any], steps: list[Any], **expected: Any) -> str:
    """A file with one example."""
    one = {"id": "mine", "rule": rule, "inputs": inputs, "steps": steps, "expected": expected}
    return json.dumps([one])


def tried(*example: Any, **expected: Any) -> list[str]:
    """Each difference of one example, as it is printed."""
    return [str(one) for one in check_examples(an_example(*example, **expected))[1]]


def at(kind: str, balance: float, equity: float | None = None, **more: Any) -> dict[str, Any]:
    """A step of a loss rule."""
    seen = balance if equity is None else equity
    return {"kind": kind, "balance": balance, "equity": seen, **more}


TRAIL = {"initial": 50_000, "limit_amount": 2_000, "trail": "eod_balance"}


def test_a_number_that_differs_is_told_with_its_step_and_both_values():
    steps = [at("tick", 50_000, expect={"floor": 48_000}), at("eod", 51_000, expect={"floor": 1})]
    assert tried("max_loss", TRAIL, steps, buffer=2_000, violated=True) == [
        "mine, step 2: floor is 49000.0, expected 1.0",
        "mine, the end: violated is False, expected True",
    ]


@pytest.mark.parametrize(("off", "agrees"), [(0.51, True), (0.52, False), (-0.51, True)])
def test_money_agrees_within_51_cents(off, agrees):
    found = tried("max_loss", TRAIL, [at("tick", 50_000)], floor=48_000 + off)
    assert (found == []) is agrees


@pytest.mark.parametrize(("off", "agrees"), [(0.01, True), (0.02, False)])
def test_percentages_agree_within_a_hundredth(off, agrees):
    inputs = {"max_pct": 40, "mode": "best_day_of_total"}
    found = tried("consistency", inputs, [{"best": 500, "total": 1_000}], pct=50 + off)
    assert (found == []) is agrees


def test_a_list_has_one_value_for_each_step():
    steps = [at("tick", 50_000), at("eod", 51_000)]
    assert tried("max_loss", TRAIL, steps, floor=[48_000, 49_000]) == []
    assert tried("max_loss", TRAIL, steps, floor=[48_000]) == [
        "mine, the end: floor is 2 steps, expected 1 values"
    ]


def test_a_payout_lowers_the_floor_only_where_the_rule_says_so():
    """105,000 is the best, so the floor is 97,000; 5,000 paid out, and it is 92,000 again."""
    inputs = {"initial": 100_000, "limit_pct": 8, "trail": "closed_balance"}
    steps = [at("tick", 105_000), at("payout", 100_000, amount=5_000)]
    reduced = {**inputs, "payout_effect": "reduce_hwm"}
    assert tried("max_loss", inputs, steps, floor=97_000, buffer=3_000) == []
    assert tried("max_loss", reduced, steps, floor=92_000, buffer=8_000) == []


def test_a_payout_locks_the_floor_at_the_starting_balance():
    steps = [
        at("eod", 51_000, expect={"floor": 49_000}),
        at("payout", 50_500, amount=500, expect={"floor": 50_000, "buffer": 500}),
        at("eod", 60_000),
    ]
    inputs = {**TRAIL, "payout_effect": "lock_at_initial"}
    assert tried("max_loss", inputs, steps, floor=50_000, buffer=10_000) == []


def test_a_pause_is_violated_until_the_next_day_starts():
    inputs = {"initial": 50_000, "limit_amount": 1_000, "amount_base": "fixed", "action": "soft"}
    steps = [
        at("day_start", 50_000),
        at("tick", 49_000, 48_900, expect={"violated": True}),
        at("tick", 49_500, expect={"violated": True}),
        at("day_start", 49_500, expect={"violated": False, "floor": 48_500}),
    ]
    assert tried("daily_loss", inputs, steps) == []


def test_a_hard_break_stays_violated():
    inputs = {"initial": 50_000, "limit_amount": 1_000, "amount_base": "fixed", "action": "hard"}
    steps = [at("tick", 48_900), at("day_start", 48_900), at("tick", 52_000)]
    assert tried("daily_loss", inputs, steps, violated=True) == []


@pytest.mark.parametrize(
    ("step", "lived"),
    [
        ({"days": [1_100, -400]}, [1_100, -400]),
        ({"best": 500}, [500]),
        ({"best": 1_500, "total": 4_200}, [1_500, 1_350, 1_350]),
        ({"best": 900, "total": 500}, [900, -400]),
        ({"best": 0.1, "total": 0.25}, [0.1, 0.08, 0.07]),
    ],
)
def test_where_days_are_not_told_such_are_lived_that_fit(step, lived):
    assert sorted(results(step)) == pytest.approx(sorted(lived))


def test_a_best_day_out_of_winning_days_leaves_losses_out():
    """1,000 of 1,500 won is 66.67 %, though 1,000 of a net 1,100 would be 90.91 %."""
    inputs = {"max_pct": 70, "mode": "best_day_of_positive_days"}
    steps = [{"days": [1_000, -400, 500]}]
    assert tried("consistency", inputs, steps, pct=66.67, ok=True, allowed_best=1_050) == []


def test_exactly_the_percentage_passes_or_not_as_the_firm_says():
    steps = [{"best": 500, "total": 1_000}]
    for op, ok in (("le", True), ("lt", False)):
        inputs = {"max_pct": 50, "mode": "best_day_of_total", "op": op}
        assert tried("consistency", inputs, steps, ok=ok) == []


@pytest.mark.parametrize(
    ("inputs", "step", "contracts"),
    [
        ({"mode": "exact"}, {"master_lots": 3}, 3),
        ({"mode": "pooled_equal"}, {"master_lots": 7, "followers": 3}, 2),
        ({"mode": "multiplier"}, {"master_lots": 2, "multiplier": 1.5}, 3),
        (
            {"mode": "equity", "multiplier": 2},
            {"master_lots": 1, "master_equity": 400, "follower_equity": 100},
            0.5,
        ),
    ],
)
def test_a_copied_size_comes_out(inputs, step, contracts):
    assert tried("copier_size", inputs, [step], follower_lots=contracts) == []


def test_a_copied_size_says_what_it_needs():
    with pytest.raises(InvalidValue, match="balance leader_money must be above zero, was nothing"):
        tried("copier_size", {"mode": "balance"}, [{"master_lots": 1}], follower_lots=1)


@pytest.mark.parametrize("preset", list_presets(), ids=lambda preset: preset.name)
def test_the_example_of_a_preset_comes_out(preset):
    assert [str(one) for one in preset_differences(preset)] == []
