"""Account events: payouts, resets and what else moves an account's levels besides trading.

An event acts on what the account carries at that moment: before a snapshot of the same
instant, after every earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import TypeAlias
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.closing import close_days
from riskcore.domain.context import FROM_START, FROM_ZERO, NOTHING_YET
from riskcore.domain.days import IntArray, microseconds
from riskcore.domain.errors import InvalidValue
from riskcore.domain.frames import frame_of
from riskcore.domain.money import to_cent
from riskcore.domain.rules.max_loss import PayoutEffect

MOST_MONEY = 1e12
ORIGIN_LENGTH = 200


class EventKind(StrEnum):
    """What happened.

    Money put in or taken out, profit paid out, a new cycle, everything counted anew from
    another starting balance, or a best value or a floor stated by hand.
    """

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    PAYOUT = "payout"
    RESET = "reset"
    REBASE = "rebase"
    PEAK = "peak"
    FLOOR = "floor"


FLOWS = (EventKind.DEPOSIT, EventKind.WITHDRAWAL, EventKind.PAYOUT)
"""Money that comes or goes: neither profit nor loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """What happened to an account besides trading.

    `amount` in account money: what was put in, taken or paid out (above zero), the new
    starting balance, the peak or the floor. A reset may leave it out: the account's own.
    `origin` says where the figure comes from, in people's words; `happened_at` is aware.
    """

    id: UUID
    account_id: UUID
    kind: EventKind
    happened_at: datetime
    amount: float | None = None
    origin: str = ""

    def __post_init__(self) -> None:
        field = f"{self.kind} amount"
        if self.happened_at.tzinfo is None:
            raise InvalidValue("happened_at", "must have a zone", self.happened_at.isoformat())
        if len(self.origin) > ORIGIN_LENGTH:
            raise InvalidValue(
                "origin", f"must have at most {ORIGIN_LENGTH} characters", len(self.origin)
            )
        if self.amount is None:
            if self.kind is not EventKind.RESET:
                raise InvalidValue(field, "must be given", "nothing")
            return
        if not (isfinite(self.amount) and abs(self.amount) <= MOST_MONEY):
            raise InvalidValue(field, "must be an amount", self.amount)
        if round(self.amount, 2) != self.amount:
            raise InvalidValue(field, "must have at most two decimals", self.amount)
        if self.kind in FLOWS and self.amount <= 0:
            raise InvalidValue(field, "must be above zero", self.amount)


def events_frame(events: Sequence[AccountEvent], place: Mapping[UUID, int]) -> pd.DataFrame:
    """`events` as EVENTS; `place` is each account's position."""
    ordered = sorted(events, key=lambda e: (place[e.account_id], e.happened_at, str(e.id)))
    kinds = list(EventKind)
    return frame_of(
        {
            "account": np.array([place[e.account_id] for e in ordered], dtype=np.int64),
            "happened_at_us": microseconds(
                pd.DatetimeIndex(pd.to_datetime([e.happened_at for e in ordered], utc=True))
            ),
            "kind": np.array([kinds.index(e.kind) for e in ordered], dtype=np.int8),
            "amount": np.array(
                [np.nan if e.amount is None else e.amount for e in ordered], dtype=np.float64
            ),
        }
    )


def events_until(events: pd.DataFrame, snapshots: pd.DataFrame, carried: pd.DataFrame) -> IntArray:
    """How many events of its account each snapshot comes after; never fewer than were done."""
    account = snapshots["account"].to_numpy()
    taken_at = microseconds(snapshots["taken_at"])
    owner = events["account"].to_numpy()
    happened = events["happened_at_us"].to_numpy()
    done: IntArray = carried["events_done"].to_numpy()[account].copy()
    for one in np.unique(owner):
        rows = slice(*np.searchsorted(account, [one, one + 1]))
        own = slice(*np.searchsorted(owner, [one, one + 1]))
        until = np.searchsorted(happened[own], taken_at[rows], side="right")
        done[rows] = np.maximum(done[rows], until)
    return done


def done_by(events: pd.DataFrame, carried: pd.DataFrame) -> IntArray:
    """How many events of each account there are; never fewer than were done."""
    counts = np.bincount(events["account"].to_numpy(), minlength=len(carried))
    done: IntArray = np.maximum(counts, carried["events_done"].to_numpy())
    return done


def apply_events(
    carried: pd.DataFrame, accounts: pd.DataFrame, events: pd.DataFrame, until: IntArray
) -> pd.DataFrame:
    """What is carried once the first `until` events of each account have acted.

    Of all accounts one event at a time: the days that end before it are over by then.
    """
    first = np.searchsorted(events["account"].to_numpy(), np.arange(len(carried)))
    while len(pending := np.flatnonzero(until > (done := carried["events_done"].to_numpy()))):
        now = events.iloc[first[pending] + done[pending]]
        carried = close_days(carried, accounts, pending, now["happened_at_us"].to_numpy())
        carried = _acted(carried, accounts, now)
    return carried


def _acted(carried: pd.DataFrame, accounts: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """What is carried after one event each of some accounts."""
    state = {name: carried[name].to_numpy(copy=True) for name in carried.columns}
    kinds = list(EventKind)
    columns = (now[name].tolist() for name in ("account", "kind", "amount"))
    for place, kind, amount in zip(*columns, strict=True):
        EFFECTS[kinds[kind]](state, place, accounts, amount)
        state["events_done"][place] += 1
    return frame_of(state)


State: TypeAlias = dict[str, np.ndarray]
Effect: TypeAlias = Callable[[State, int, pd.DataFrame, float], None]

NOW = ("balance", "equity")
STARTS = ("day_start_balance", "day_start_equity", "day_peak_equity", "goal_day_start")
WEEK = ("week_start_balance", "week_start_equity")
PEAKS = ("peak_equity", "peak_balance", "peak_eod_balance", "trail_peak")


def _shift(state: State, place: int, names: Sequence[str], by: float) -> None:
    for name in names:
        state[name][place] = to_cent(state[name][place] + by)


def _deposit(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """Every level moves with the money: nothing is won or lost."""
    _shift(state, place, (*FROM_START, "stated_floor"), amount)


def _withdrawal(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    _deposit(state, place, accounts, -amount)


def _payout(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """The day and the week lose nothing by it; what it does to the floor is the rule's."""
    _shift(state, place, (*NOW, *STARTS, *WEEK, "profit_start", "goal_start"), -amount)
    if accounts["since_payout"].to_numpy()[place]:
        _begin_goals(state, place)
    effect = list(PayoutEffect)[int(accounts["payout_effect"].to_numpy()[place])]
    start = state["starting_balance"][place]
    if effect is PayoutEffect.REDUCE:
        _shift(state, place, ("stated_floor",), -amount)
        _reduce(state["trail_peak"], place, amount, start)
    elif effect is PayoutEffect.LOCK:
        _lock(state, place, start)
    elif effect is PayoutEffect.LOCK_AT_ZERO:
        _lock(state, place, 0.0)
    elif effect is PayoutEffect.RESET:
        state["stated_floor"][place], state["trail_peak"][place] = np.nan, start


def _begin_goals(state: State, place: int) -> None:
    for name in ("goal_start", "goal_day_start"):
        state[name][place] = state["balance"][place]
    _no_results(state, place)
    state["counted_days"][place] = state["today_counts"][place] = 0.0


def _no_results(state: State, place: int) -> None:
    """Nothing was won yet; unknown where it counts from is."""
    for name in FROM_ZERO:
        state[name][place] = np.nan if np.isnan(state["balance"][place]) else 0.0


def _reduce(peak: np.ndarray, place: int, amount: float, start: float) -> None:
    """Down by the amount, but not under the starting balance; and never up."""
    least = np.minimum(peak[place], start)
    peak[place] = np.maximum(to_cent(peak[place] - amount), least)


def _lock(state: State, place: int, level: float) -> None:
    """The floor is at least `level`, and moves no more; where that is unknown, so is it."""
    state["stated_floor"][place] = np.fmax(state["stated_floor"][place], level)
    if np.isnan(level):
        state["stated_floor"][place] = state["trail_peak"][place] = np.nan
    state["is_locked"][place] = 1.0


def _reset(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """A new cycle begins, as on the first day; what was broken before counts no longer."""
    own = float(accounts["starting_balance"].to_numpy()[place])
    cycle, done = state["cycle"][place] + 1, state["events_done"][place]
    for name, value in NOTHING_YET.items():
        state[name][place] = value
    _count_from(state, place, own if np.isnan(amount) else amount)
    state["cycle"][place], state["events_done"][place] = cycle, done


def _count_from(state: State, place: int, start: float) -> None:
    for name in FROM_START:
        state[name][place] = start
    _no_results(state, place)


def _rebase(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """Everything counts from another starting balance; the cycle and its days go on."""
    _count_from(state, place, amount)
    state["stated_floor"][place], state["is_locked"][place] = np.nan, 0.0


def _peak(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """The best value is what somebody says it was; the floor hangs from it and rises on.

    A floor that a payout has locked stays where it is.
    """
    for name in PEAKS:
        state[name][place] = amount
    if not state["is_locked"][place]:
        state["stated_floor"][place] = np.nan


def _floor(state: State, place: int, accounts: pd.DataFrame, amount: float) -> None:
    """The floor is where the firm shows it, and rises on from there.

    The earlier best value is in it already, so it counts no longer: the floor itself is a
    value below every one from which it can hang.
    """
    state["stated_floor"][place] = state["trail_peak"][place] = amount


EFFECTS: Mapping[EventKind, Effect] = {
    EventKind.DEPOSIT: _deposit,
    EventKind.WITHDRAWAL: _withdrawal,
    EventKind.PAYOUT: _payout,
    EventKind.RESET: _reset,
    EventKind.REBASE: _rebase,
    EventKind.PEAK: _peak,
    EventKind.FLOOR: _floor,
}
