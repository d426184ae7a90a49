"""Fees: what the accounts lost by a step of the ladder have cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from riskcore.domain.copying.members import CopyMember
from riskcore.domain.copying.room import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class FeesLost:
    """What the accounts lost so far have cost, by currency; of `unknown` nobody has said."""

    by_currency: Mapping[str, float]
    unknown: int


def fees_lost(
    ladder: Sequence[Step], members: Mapping[UUID, CopyMember], fees: Mapping[UUID, float]
) -> Iterator[FeesLost]:
    """For each step of a ladder what all accounts lost by then have cost, account money."""
    cents: Counter[str] = Counter()
    unknown = 0
    for step in ladder:
        for one in step.breaks:
            fee = fees.get(one.account_id)
            if fee is None:
                unknown += 1
            else:
                cents[members[one.account_id].currency] += round(fee * 100)
        sums = {currency: total / 100 for currency, total in sorted(cents.items())}
        yield FeesLost(by_currency=sums, unknown=unknown)
