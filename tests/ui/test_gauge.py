"""The gauge: a dial from 0 to 100 % and a text that says the truth."""

from __future__ import annotations

import pytest

from riskcore.domain.status import Status, Thresholds
from riskcore.ui.gauge import bands, caption, gauge, in_words, on_dial, reading
from riskcore.ui.words import LOOKS


@pytest.mark.parametrize(
    ("percent", "needle", "text"),
    [(6.2, 6.2, "6.2 %"), (134.0, 100.0, "134.0 %"), (-4.1, 0.0, "-4.1 %"), (None, 0.0, "unknown")],
)
def test_the_needle_stops_at_the_ends_and_the_text_does_not(
    percent: float | None, needle: float, text: str
) -> None:
    assert on_dial(percent) == needle
    assert reading(percent, Status.SAFE) == text


def test_the_bands_end_at_the_groups_thresholds() -> None:
    assert bands(Status.SAFE, Thresholds(0.4, 0.1)) == [
        (0.1, LOOKS[Status.CRITICAL].value),
        (0.4, LOOKS[Status.CAUTION].value),
        (1.0, LOOKS[Status.SAFE].value),
    ]


@pytest.mark.parametrize("status", [Status.UNKNOWN, Status.VIOLATED])
def test_no_green_is_shown_for_what_is_unknown_or_broken(status: Status) -> None:
    assert bands(status, Thresholds()) == [(1.0, LOOKS[status].value)]


def test_a_limit_broken_before_reads_broken_whatever_is_above_the_floor_by_now() -> None:
    assert reading(100.0, Status.VIOLATED) == "broken"
    assert in_words(100.0, Status.VIOLATED, is_upper_bound=False) == "broken"
    assert reading(-4.1, Status.VIOLATED) == "-4.1 %"


def test_what_may_be_lower_reads_at_most() -> None:
    assert "at most" in caption(62.0, Status.UNKNOWN, is_upper_bound=True)
    assert in_words(62.0, Status.UNKNOWN, is_upper_bound=True).startswith("at most 62.0 %")


def test_the_dial_is_not_drawn_from_zero_up() -> None:
    options = gauge(50.0, Status.SAFE, Thresholds(), is_upper_bound=False)
    assert options["animationDuration"] == 0
