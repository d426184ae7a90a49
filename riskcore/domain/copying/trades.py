"""Trades: where every member of a copy group stands once a trade was stopped out, or won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.copying.follow import Copy
from riskcore.domain.copying.members import CENTS
from riskcore.domain.days import instants_column, microsecond
from riskcore.domain.money import FloatArray, to_cent
from riskcore.domain.observe import Observed, observe
from riskcore.domain.rulebook import NONE
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Unit
from riskcore.domain.standing import Standing, advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a trade of the leader does to one account: its size, and what it loses, in cents."""

    account_id: UUID
    contracts: Fraction
    loss: int


def outcomes(copies: Sequence[Copy], contracts: Fraction, stop_cents: Fraction) -> list[Outcome]:
    """What the stop costs each account when the leader trades `contracts`.

    `stop_cents` for one contract of the leader; losses are rounded up to the cent. An account
    of unknown ratio is left out.
    """
    found = []
    for copy in copies:
        if copy.following is not None:
            own = copy.following.contracts(contracts)
            loss = ceil(own * copy.following.worth * stop_cents)
            found.append(Outcome(account_id=copy.account_id, contracts=own, loss=loss))
    return found


def observed_after(observed: Observed, found: Sequence[Outcome]) -> Observed:
    """`observed` as if every account had lost what the trade costs it, all else unchanged.

    A limit on loss keeps so much less, one on profit so much more. A position limit is met
    by what the trade opens. What that breaks counts as broken.
    """
    place = {account.id: n for n, account in enumerate(observed.standing.accounts)}
    loss, opened = np.zeros(len(place)), np.zeros(len(place))
    for one in found:
        loss[place[one.account_id]] = one.loss / CENTS
        opened[place[one.account_id]] = float(one.contracts)
    buffer = observed.buffer.copy()
    for column in range(len(observed.rules)):
        buffer[:, column] = _buffer_after(observed, column, loss, opened)
    breaks = _breaks(observed, buffer) & (observed.violation == NONE)
    return replace(
        observed,
        buffer=buffer,
        violation=np.where(breaks, 0, observed.violation),
        balance=to_cent(observed.balance - loss),
        equity=to_cent(observed.equity - loss),
    )


def _buffer_after(
    observed: Observed, column: int, loss: FloatArray, opened: FloatArray
) -> FloatArray:
    kind, buffer = KINDS[observed.rules[column]], observed.buffer[:, column]
    if kind.unit is Unit.CONTRACTS:
        return (buffer - opened).round(4)
    if kind.unit is not Unit.MONEY or kind.is_goal:
        return buffer
    return to_cent(buffer + loss if kind.is_ceiling else buffer - loss)


def _breaks(observed: Observed, buffer: FloatArray) -> np.ndarray:
    """Account × rule: whether a limit is broken by this buffer."""
    touches = observed.standing.book.flags("touch_breaks")
    broken = (buffer < 0) | touches & (buffer == 0)
    result: np.ndarray = broken & observed.applies & ~observed.is_gate
    return result


def gains(copies: Sequence[Copy], cents: int, contracts: Fraction | None = None) -> dict[UUID, int]:
    """What each account wins, in cents, when the leader wins `cents`; rounded down."""
    ratios = {copy.account_id: copy.ratio(contracts) for copy in copies}
    return {key: floor(cents * ratio) for key, ratio in ratios.items() if ratio is not None}


def observed_risen(
    standing: Standing, before: Observed, won: Mapping[UUID, int], as_of: datetime
) -> Observed:
    """What is known at `as_of` if the accounts had just closed a profit (cents, by id).

    Floors that follow the best value rise with it. What was stale stays so, and what has
    never been seen stays unknown.
    """
    seen = standing.has_snapshot
    gain = np.array([won.get(account.id, 0) / CENTS for account in standing.accounts])
    places = np.flatnonzero(seen)
    at_us = np.maximum(standing.taken_at_us[places] + 1, microsecond(as_of))
    snapshots = pd.DataFrame(
        {
            "account": places,
            "taken_at": instants_column(at_us),
            "balance": to_cent(before.balance + gain)[places],
            "equity": to_cent(before.equity + gain)[places],
            "open_contracts": standing.carried["open_contracts"].to_numpy()[places],
            "basis": standing.carried["basis"].to_numpy()[places],
        }
    )
    risen = observe(advance(standing, snapshots), as_of)
    return replace(risen, is_stale=before.is_stale)
