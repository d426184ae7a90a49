"""What one knows of an account while walking along its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from riskcore.domain.model import Account
from riskcore.domain.rules.max_loss import Trail
from riskcore.domain.rules.min_trading_days import CountsBy
from tests.domain.plain.clock import ONE_DAY, begins, day_of
from tests.domain.plain.whole import Cents, amount_or_part, higher, less

Pair = tuple[Cents, Cents]
"""Balance and equity."""


@dataclass
class Day:
    """The trading day that is going on: what it began with, and whether it was traded."""

    named: date
    balance: Cents
    equity: Cents
    peak: Cents
    goal_start: Cents
    is_traded: bool = False


class Walk:
    """One account after all that was seen of it and happened to it so far."""

    cycle = 0
    at: datetime
    balance: Cents
    equity: Cents

    def __init__(self, account: Account) -> None:
        self.account = account
        self.clock = account.time_zone, account.reset_time
        self.rules = {rule.kind: rule for rule in account.rules}
        self.begin_cycle(account.starting_balance)

    # --- where it begins

    def begin_cycle(self, start: float | None) -> None:
        """As on the first day: nothing was seen yet."""
        self.day: Day | None = None
        self.week: Pair | None = None
        self.contracts: Cents = None
        self.counted_days = 0
        self.active: tuple[datetime, date] | None = None
        self.count_from(None if start is None else round(start * 100))

    def count_from(self, start: Cents) -> None:
        """Every level is `start`, nothing was won, and no floor was stated."""
        self.start = self.balance = self.equity = start
        self.best_balance = self.best_equity = self.best_close = self.trail = start
        self.profit_start = self.goal_start = start
        self.begin_results(start)
        self.stated: Cents = None
        self.is_locked = False
        if self.day is not None:
            self.day.balance = self.day.equity = self.day.peak = self.day.goal_start = start
            self.week = start, start

    def begin_results(self, start: Cents) -> None:
        """Nothing was won yet; unknown where it counts from is."""
        self.results: list[Cents] = [less(start, start)]
        self.best_trade = less(start, start)

    # --- a snapshot

    def see(self, at: datetime, balance: int, equity: int, contracts: Cents) -> None:
        """A snapshot; exactly at a reset it closes one day and is what the next begins with."""
        named = day_of(at, *self.clock)
        is_open = contracts > 0 if contracts is not None else equity != balance
        is_traded = self._trades(balance, is_open)
        if (self.day is None or self.day.named != named) and begins(named, *self.clock) == at:
            self.pass_resets(named - ONE_DAY)
            self.day.is_traded |= is_traded
            self.pass_resets(named, (balance, equity))
            is_traded = is_open and self._counts_by is CountsBy.EXECUTION
        else:
            self.pass_resets(named)
        self.day.is_traded |= is_traded
        self._note(at, named, balance, is_open)
        self.at, self.balance, self.equity, self.contracts = at, balance, equity, contracts
        self._rise()

    @property
    def _counts_by(self) -> CountsBy:
        rule = self.rules.get("min_trading_days")
        return CountsBy.EXECUTION if rule is None else rule.counts_by

    @property
    def _was_open(self) -> bool:
        if self.contracts is not None:
            return self.contracts > 0
        return self.equity != self.balance

    def _trades(self, balance: int, is_open: bool) -> bool:
        """Whether the snapshot by itself makes a day one of trading."""
        closed = self.balance is not None and balance != self.balance
        return {
            CountsBy.EXECUTION: closed or is_open,
            CountsBy.OPEN_DATE: (closed or is_open) and not self._was_open,
            CountsBy.CLOSE_DATE: closed,
        }[self._counts_by]

    def _note(self, at: datetime, named: date, balance: int, is_open: bool) -> None:
        """The activity, and the most that the balance rose by at once."""
        rule = self.rules.get("inactivity")
        keeps_alive = is_open and (rule is None or rule.open_position_counts)
        if self.active is None or balance != self.balance or keeps_alive:
            self.active = at, named
        self.best_trade = higher(self.best_trade, less(balance, self.balance))

    def _rise(self) -> None:
        self.day.peak = higher(self.day.peak, self.equity)
        self.best_balance = higher(self.best_balance, self.balance)
        self.best_equity = higher(self.best_equity, self.equity)
        self._trail(
            {
                Trail.CLOSED_BALANCE: self.balance,
                Trail.INTRADAY_EQUITY: self.equity,
                Trail.HIGHER: higher(self.balance, self.equity),
            }
        )

    def _trail(self, values: dict[Trail, Cents]) -> None:
        """The maximum loss's best value rises, unless its floor stays where it is."""
        rule = self.rules.get("max_loss")
        if rule is None or rule.trail not in values or self.is_locked:
            return
        if rule.milestone_profit is not None and self.trail is not None:
            milestone = (
                None if self.start is None else self.start + round(rule.milestone_profit * 100)
            )
            if milestone is not None and self.trail >= milestone:
                return
        self.trail = higher(self.trail, values[rule.trail])

    # --- the resets

    def pass_resets(self, named: date, seen: Pair | None = None) -> None:
        """Close every day up to `named`, and open it.

        What was last seen is each close and the next day's start; `seen` is what was seen
        exactly at the last of the resets. The first day of all begins at the starting balance.
        """
        if self.day is None:
            self._open(named, (self.balance, self.equity))
        while self.day.named < named:
            following = self.day.named + ONE_DAY
            is_seen = seen is not None and following == named
            start = seen if is_seen else (self.balance, self.equity)
            self._close(start[0])
            self._open(following, start)

    def _open(self, named: date, start: Pair) -> None:
        if self.week is None or named.weekday() == 0:
            self.week = start
        balance, equity = start
        self.day = Day(named, balance, equity, peak=equity, goal_start=balance)

    def _close(self, balance: Cents) -> None:
        if balance is not None:
            self.best_close = higher(self.best_close, balance)
            self._trail({Trail.EOD_BALANCE: balance})
        result = less(balance, self.day.goal_start)
        self.results.append(result)
        self.counted_days += self.day.is_traded and self.has_won(result)

    def has_won(self, result: Cents) -> bool:
        """Whether a day's result is what it takes; an unknown one is not."""
        rule = self.rules.get("min_trading_days")
        if rule is None or (rule.min_profit_amount is None and rule.min_profit_percent is None):
            return True
        least = amount_or_part(rule.min_profit_amount, rule.min_profit_percent, self.start)
        return result is not None and least is not None and result >= least
