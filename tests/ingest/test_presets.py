"""Presets: each file is right, its example comes out, and a wrong one says where."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskcore.domain.presets import Preset, Trust
from riskcore.domain.rules.base import Action
from riskcore.ingest.presets import InvalidPreset, line_of, preset_from, read_preset

FILES = sorted((Path(__file__).parents[2] / "data" / "presets").glob("*.toml"))
PRESETS = [read_preset(path) for path in FILES]

by_name = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


def test_the_programmes_of_many_firms_are_known():
    assert len(PRESETS) >= 35
    assert len({preset.firm for preset in PRESETS}) >= 20


@by_name
def test_a_preset_says_where_it_is_from_and_when_it_was_checked(preset: Preset):
    assert all(source.strip() for source in preset.source)
    assert date(2025, 1, 1) <= preset.checked_on <= date(2026, 11, 30)
    assert all(text.strip().endswith(".") for text in (*preset.doubts, *preset.not_modelled))
    assert preset.trust is not Trust.DOUBTFUL or preset.doubts


@by_name
def test_every_size_of_a_preset_has_its_rules(preset: Preset):
    names = [size.name for size in preset.sizes]
    assert len(set(names)) == len(names)
    for size in preset.sizes:
        assert [rule.kind for rule in size.rules] == [rule.kind for rule in preset.sizes[0].rules]
        assert all(rule.in_words(preset.currency) for rule in size.rules)


@by_name
def test_a_preset_without_a_loss_limit_says_so(preset: Preset):
    """Nobody should take an account with goals only for one that is watched."""
    has_limit = any(
        rule.action is not Action.GATE and not rule.is_goal for rule in preset.sizes[0].rules
    )
    assert has_limit or any("loss limits are missing" in doubt for doubt in preset.doubts)


def test_no_two_presets_are_called_alike():
    titles = [preset.title for preset in PRESETS]
    assert sorted(set(titles)) == sorted(titles)


RIGHT = """\
firm = "Quillmoor"
programme = "Evaluation"
source = ["https://example.org/rules"]
checked_on = 2026-10-04
trust = "firm"
doubts = []
not_modelled = ["News: no trades two minutes around it."]
currency = "USD"
time_zone = "America/Chicago"
reset_time = 17:00:00

[[rules]]
kind = "daily_loss"
action = "pause"

[[rules]]
kind = "max_loss"
trail = "eod_balance"
locks_at_profit = 0

[[sizes]]
name = "50K"
starting_balance = 50_000
daily_loss = { limit_amount = 1_000 }
max_loss = { limit_amount = 2_000 }

[[sizes]]
name = "100K"
starting_balance = 100_000
daily_loss = { limit_amount = 2_000 }
max_loss = { limit_amount = 3_000, locks_at_profit = 100 }

[example]
size = "50K"
rule = "max_loss"
steps = [{ kind = "open", balance = 50_000, equity = 50_000 }]
expected = { floor = 48_000 }
source = "arithmetic"
"""


def test_a_file_becomes_rules_for_each_size_and_a_size_may_differ():
    preset = preset_from("quillmoor-evaluation.toml", RIGHT)
    assert preset.title == "Quillmoor: Evaluation"
    fifty, hundred = preset.sizes
    assert fifty.rules[0].limit_amount == 1_000
    assert fifty.rules[0].action is Action.PAUSE
    assert fifty.rules[1].locks_at_profit == 0
    assert hundred.rules[1].locks_at_profit == 100


LINES = RIGHT.splitlines()


def where(line: str, nth: int = 1) -> int:
    """The line of the file, from 1, of the `nth` that begins like `line`."""
    return [n for n, one in enumerate(LINES, start=1) if one.startswith(line)][nth - 1]


@pytest.mark.parametrize(
    ("old", "new", "line", "wrong"),
    [
        ('[[rules]]\nkind = "d', 'maker = 1\n[[rules]]\nkind = "d', 12, "maker: extra inputs"),
        ('kind = "max_loss"', 'kind = "most_loss"', where("kind", 2), "kind must be one of daily"),
        ('kind = "max_loss"', 'kind = "daily_loss"', where("kind", 2), "two rules of kind daily"),
        ('trail = "eod_bal', 'trial = "eod_bal', where("trail"), "max_loss parameter must be one"),
        ('trail = "eod_balance"', 'trail = "eod"', where("trail"), "max_loss trail must be one of"),
        ("100_000\ndaily_loss", "100_000\nweekly_loss", where("daily_loss", 2), "was weekly_loss"),
        (
            "daily_loss = { limit_amount = 2_000",
            "daily_loss = { limit_amount = -2",
            where("daily_loss", 2),
            "daily_loss limit_amount must be above 0",
        ),
        (
            "America/Chicago",
            "America/Nowhere",
            where("time_zone"),
            "time_zone must be an IANA zone",
        ),
        ('trust = "firm"', 'trust = "me"', where("trust"), "trust: must be one of firm, dataset"),
        ("checked_on = 2026-10-04\n", "", 1, "checked_on: field required"),
        (
            'currency = "USD"',
            "currency = 5",
            where("currency"),
            "currency: input should be",
        ),
        ("reset_time = 17:00:00", "reset_time = 1 7", where("reset_time"), "must be TOML"),
        ('size = "50K"', 'size = "75K"', where("size ="), "there is no size 75K"),
        ('rule = "max_loss"', 'rule = "profit_cap"', where("rule ="), "cannot have an example"),
        ('kind = "open"', 'kind = "opened"', where("steps"), "step 1 kind must be one of open"),
        ("floor = 48", "flour = 48", where("expected"), "example expected key must be one of"),
    ],
)
def test_a_wrong_file_names_the_file_and_the_line(old, new, line, wrong):
    assert old in RIGHT
    with pytest.raises(InvalidPreset) as refused:
        preset_from("mine-first.toml", RIGHT.replace(old, new, 1))
    assert str(refused.value).startswith(f"mine-first.toml, line {line}: ")
    assert wrong in str(refused.value)


@pytest.mark.parametrize("name", ["Mine.toml", "mine_1.toml", "../mine.toml", "mine"])
def test_a_file_is_named_in_lower_case_with_hyphens(name):
    if name == "mine":
        assert preset_from(name, RIGHT).name == "mine"
        return
    with pytest.raises(InvalidPreset, match="must be named like firm-programme"):
        preset_from(name, RIGHT)


def test_a_line_is_found_by_its_path():
    assert line_of(RIGHT, "firm") == 1
    assert line_of(RIGHT, "rules", 1, "trail") == where("trail")
    assert line_of(RIGHT, "sizes", 1, "max_loss") == where("max_loss", 2)
    assert line_of(RIGHT, "sizes", 1, "not_there") == where("[[sizes]]", 2)
