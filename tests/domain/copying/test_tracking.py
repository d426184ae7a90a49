"""Is it really copying? Told from what each day brought."""

from __future__ import annotations

from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from riskcore.domain.copying.tracking import lag_us, suggestions, tracked

A, B, C, D = (UUID(int=n) for n in range(4))
NAN = float("nan")
LED = [100.0, -200.0, 0.0, 300.0, -100.0, 50.0]


def test_the_realised_ratio_is_what_a_follower_makes_of_its_leaders_days() -> None:
    """Twice the leader's result on every day on which both traded; nominal was 1.6."""
    results = pd.DataFrame({A: LED, B: [200.0, -400.0, 0.0, 600.0, 0.0, NAN]})
    [found] = tracked(results, A, {B: 1.6})
    assert found.realised_ratio == pytest.approx(2, abs=1e-12)
    assert found.drift_percent == pytest.approx(25, abs=1e-9)
    assert (found.days, found.missed_days, found.unseen_days) == (5, 1, 1)
    assert found.likeness == pytest.approx(1, abs=1e-12)


def test_of_an_account_that_never_traded_nothing_is_known() -> None:
    [found] = tracked(pd.DataFrame({A: LED}), A, {B: 1.0})
    assert found.realised_ratio is None
    assert found.drift_percent is None
    assert found.unseen_days == 5


def test_the_lag_is_how_long_after_the_leader_as_a_rule() -> None:
    """After 1, 2 and 30; of the last no move follows within the longest wait."""
    leader, follower = np.array([0, 100, 200, 300]), np.array([1, 102, 230])
    assert lag_us(leader, follower, 50) == 2
    assert lag_us(leader, follower[:0], 50) is None
    assert lag_us(leader, follower, 0) is None


def test_accounts_that_move_together_are_suggested_with_their_ratio() -> None:
    led = np.array(LED)
    results = pd.DataFrame({A: led, B: 0.5 * led, C: [5.0, 9, 1, -30, 4, 60], D: -led})
    [found] = suggestions(results, [], [])
    assert (found.leader_id, found.follower_id) == (A, B)
    assert (found.ratio, found.days) == (0.5, 5)


def test_one_that_leads_already_leads_and_one_that_copies_already_is_left() -> None:
    led = np.array(LED)
    results = pd.DataFrame({A: led, B: led, C: 2 * led})
    assert [(one.leader_id, one.follower_id) for one in suggestions(results, [C], [])] == [
        (C, A),
        (C, B),
    ]
    assert [(one.leader_id, one.follower_id) for one in suggestions(results, [C], [A])] == [(C, B)]


def test_few_days_suggest_nothing() -> None:
    led = np.array(LED[:5])  # four of them with a result
    assert suggestions(pd.DataFrame({A: led, B: led}), [], []) == []
