"""Copy trading: how large a follower's order is for an order of its leader."""

from __future__ import annotations

import pytest

from riskcore.domain.copytrade import CopyMode, CopySize, follower_contracts
from riskcore.domain.errors import InvalidValue


@pytest.mark.parametrize(
    ("size", "contracts"),
    [
        (CopySize(mode=CopyMode.EXACT), 6),
        (CopySize(mode=CopyMode.FIXED, fixed_contracts=2), 2),
        (CopySize(mode=CopyMode.MULTIPLIER, multiplier=0.5), 6 * 0.5),
        (CopySize(mode=CopyMode.MULTIPLIER, multiplier=-1), -6),  # the other way round
        (
            CopySize(mode=CopyMode.BALANCE, leader_money=100_000, follower_money=25_000),
            6 * 25_000 / 100_000,
        ),
        (
            CopySize(
                mode=CopyMode.EQUITY, leader_money=50_000, follower_money=100_000, multiplier=0.5
            ),
            6 * 100_000 / 50_000 * 0.5,
        ),
        (CopySize(mode=CopyMode.POOLED, followers=4), 1),  # 1.5 each, whole contracts
        (CopySize(mode=CopyMode.POOLED, followers=3), 2),
        (CopySize(mode=CopyMode.POOLED, followers=7), 0),
    ],
)
def test_a_followers_size_is_as_its_mode_says(size, contracts):
    assert follower_contracts(6, size) == contracts


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (CopySize(mode=CopyMode.FIXED), "fixed fixed_contracts must be above zero, was nothing"),
        (CopySize(mode=CopyMode.POOLED, followers=0), "followers must be above zero, was 0"),
        (CopySize(mode=CopyMode.BALANCE, leader_money=1), "follower_money must be above zero"),
        (CopySize(mode=CopyMode.EQUITY, follower_money=1), "leader_money must be above zero"),
    ],
)
def test_what_a_mode_needs_and_does_not_have_is_named(size, sentence):
    with pytest.raises(InvalidValue, match=sentence):
        follower_contracts(6, size)
