"""Tracking: whether followers really copy their leader, told from what each day brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.days import IntArray
from riskcore.domain.money import FloatArray
from riskcore.domain.runs import BoolArray

FEWEST_DAYS = 5
"""Of fewer days in common nothing is suggested."""

LIKENESS = 0.95
"""From this on two accounts move together: 1 is the same days at any fixed ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """How one follower has copied, over the days on which its leader closed a result.

    `realised_ratio`: what it won or lost for each unit of the leader's, over the days on
    which both did; `nominal_ratio` what it should; `drift_percent` how far the first is from
    the second. `missed_days` had a result of the leader and none of its own, `unseen_days` no
    data of it. `lag` is how long after the leader its balance moved, as a rule; None unknown.
    """

    account_id: UUID
    days: int
    missed_days: int
    unseen_days: int
    realised_ratio: float | None
    nominal_ratio: float | None
    likeness: float | None
    lag: timedelta | None = None

    @property
    def drift_percent(self) -> float | None:
        """100 × how far the realised ratio is above (or below) the nominal one."""
        if self.realised_ratio is None or not self.nominal_ratio:
            return None
        return 100 * (self.realised_ratio / self.nominal_ratio - 1)


def tracked(
    results: pd.DataFrame, leader_id: UUID, nominal: Mapping[UUID, float | None]
) -> list[Tracked]:
    """How the followers named in `nominal` have copied.

    `results`: a row for each day, a column for each account (its id), account money; NaN where
    nothing was seen of it. Ratios are least squares through nothing.
    """
    led = results.reindex(columns=[leader_id]).to_numpy(dtype=np.float64)
    own = results.reindex(columns=list(nominal)).to_numpy(dtype=np.float64)
    traded = ~np.isnan(led) & (led != 0)
    both = traded & ~np.isnan(own) & (own != 0)
    x, y = np.where(both, led, 0.0), np.where(both, own, 0.0)
    squares, products = (x**2).sum(axis=0), (x * y).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = products / squares
        likeness = products / np.sqrt(squares * (y**2).sum(axis=0))
    missed, unseen = (traded & (own == 0)).sum(axis=0), (traded & np.isnan(own)).sum(axis=0)
    columns = (missed, unseen, ratio, likeness)
    rows = zip(nominal.items(), *(column.tolist() for column in columns), strict=True)
    return [
        Tracked(
            account_id=account_id,
            days=int(traded.sum()),
            missed_days=missed_days,
            unseen_days=unseen_days,
            realised_ratio=_known(realised),
            nominal_ratio=expected,
            likeness=_known(alike),
        )
        for (account_id, expected), missed_days, unseen_days, realised, alike in rows
    ]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def lag_us(leader: IntArray, follower: IntArray, longest_us: int) -> int | None:
    """How long, as a rule, a follower moves after its leader: the median of microseconds.

    Instants at which each closed a result, rising. A move that none of the follower's follows
    within `longest_us` takes no part; None without any.
    """
    if not len(leader) or not len(follower):
        return None
    place = np.searchsorted(follower, leader)
    follows = place < len(follower)
    waits = follower[place[follows]] - leader[follows]
    waits = waits[waits <= longest_us]
    return int(np.median(waits)) if len(waits) else None


# --- links that nobody has made yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Two accounts that move together over `days`: `ratio` and `likeness` (1: exactly)."""

    leader_id: UUID
    follower_id: UUID
    ratio: float
    likeness: float
    days: int


def suggestions(
    results: pd.DataFrame, leaders: Sequence[UUID], taken: Iterable[UUID]
) -> list[Suggestion]:
    """Which accounts could be linked: each that is not `taken` to the one it moves with most.

    `results` as for `tracked`. An account that leads already leads; else the one with which
    most others move, then the first.
    """
    spoken_for = {*taken, *leaders}
    open_to_it = [name not in spoken_for or name in leaders for name in results.columns]
    results = results.loc[:, open_to_it]
    ids = [UUID(str(name)) for name in results.columns]
    likeness, ratio, days = likenesses(results.to_numpy(dtype=np.float64))
    together = (likeness >= LIKENESS) & (days >= FEWEST_DAYS) & ~np.eye(len(ids), dtype=bool)
    found: list[Suggestion] = []
    for leader in _leading_first(ids, leaders, together):
        if ids[leader] in spoken_for and ids[leader] not in leaders:
            continue
        for follower in np.flatnonzero(together[leader]).tolist():
            if ids[follower] not in spoken_for:
                spoken_for |= {ids[follower], ids[leader]}
                found.append(
                    Suggestion(
                        leader_id=ids[leader],
                        follower_id=ids[follower],
                        ratio=round(float(ratio[leader, follower]), 4),
                        likeness=float(likeness[leader, follower]),
                        days=int(days[leader, follower]),
                    )
                )
    return found


def _leading_first(ids: Sequence[UUID], leaders: Sequence[UUID], together: BoolArray) -> list[int]:
    """Places in the order in which they are taken for leaders."""
    friends = together.sum(axis=1).tolist()
    return sorted(range(len(ids)), key=lambda n: (ids[n] not in leaders, -friends[n], n))


def likenesses(values: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Of days × accounts, by account and account: likeness, ratio of the second to the first, days.

    Over the days on which both have a result; NaN without any. Likeness is the cosine.
    """
    known = np.nan_to_num(values)
    there = (known != 0).astype(np.float64)
    products, squares = known.T @ known, (known**2).T @ there
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = products / squares
        likeness = products / np.sqrt(squares * squares.T)
    days: IntArray = np.rint(there.T @ there).astype(np.int64)
    return likeness, ratio, days
