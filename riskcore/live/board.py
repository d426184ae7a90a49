"""Board: where every account stands, in memory, after each committed snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import numpy as np
import pandas as pd

from riskcore.domain.days import microseconds
from riskcore.domain.evaluate import evaluate_group
from riskcore.domain.model import Account, AccountGroup, AccountRisk, GroupRiskEvaluation
from riskcore.domain.money import FloatArray
from riskcore.domain.observe import observe
from riskcore.domain.risks import account_risks
from riskcore.domain.standing import Standing, advance, joined, part, unobserved
from riskcore.domain.status import Thresholds

HistoryOf = Callable[[Sequence[Account]], pd.DataFrame]
"""All stored snapshots of these accounts, as `Board.record` takes them."""


class Board:
    """The current standing of every account, and the groups they are in.

    Later snapshots move an account on; late or corrected ones and changed accounts are
    derived anew from the stored history, so board and history never disagree.
    """

    def __init__(self, history_of: HistoryOf) -> None:
        self._history_of = history_of
        self._lock = threading.RLock()
        self._lock_pending = threading.Lock()
        self._pending: list[pd.DataFrame] = []
        self._standing: Standing = unobserved([])
        self._groups: dict[UUID, AccountGroup] = {}

    def start(self, accounts: Sequence[Account], groups: Sequence[AccountGroup]) -> None:
        """Take the desk as it is stored."""
        with self._lock:
            self._groups = {group.id: group for group in groups}
            self._standing = self._derived(accounts)

    def _derived(self, accounts: Sequence[Account]) -> Standing:
        standing = unobserved(accounts)
        return advance(standing, coded(self._history_of(standing.accounts), standing.accounts))

    def put_accounts(self, accounts: Sequence[Account]) -> None:
        """Accounts are new, changed or have other history: derive them anew."""
        with self._lock:
            self._standing = joined(
                self._without({a.id for a in accounts}), self._derived(accounts)
            )

    @contextmanager
    def held(self) -> Iterator[None]:
        """The board to itself: whoever reads an account in it and puts it has the newest."""
        with self._lock:
            yield

    def drop_account(self, account_id: UUID) -> None:
        """An account is no more."""
        with self._lock:
            self._standing = self._without({account_id})

    def _without(self, account_ids: set[UUID]) -> Standing:
        kept = [a for a in self._standing.accounts if a.id not in account_ids]
        return part(self._standing, kept)

    def put_group(self, group: AccountGroup) -> None:
        """A group is new or changed."""
        with self._lock:
            self._groups[group.id] = group

    def drop_group(self, group_id: UUID) -> None:
        """A group is no more."""
        with self._lock:
            self._groups.pop(group_id, None)

    def record(self, rows: pd.DataFrame) -> None:
        """Committed snapshots: account_id (text), taken_at, balance, equity; in any order.

        They may have `open_contracts` (NaN: not said) and `basis` (a code of Basis). They
        are taken in together, before the next answer is given.
        """
        with self._lock_pending:
            self._pending.append(rows)

    def _settled(self) -> Standing:
        """The standing with everything recorded taken in."""
        with self._lock:
            with self._lock_pending:
                pending, self._pending = self._pending, []
            if pending:
                self._take_in(pd.concat(pending))
            return self._standing

    def _take_in(self, rows: pd.DataFrame) -> None:
        snapshots = coded(rows, self._standing.accounts)
        late = np.union1d(self._late(snapshots), self._repeated(rows))
        in_order = ~np.isin(snapshots["account"].to_numpy(), late)
        derived = [self._standing.accounts[position] for position in late]
        self._standing = advance(self._standing, snapshots[in_order].reset_index(drop=True))
        if derived:
            self.put_accounts(derived)

    def _late(self, snapshots: pd.DataFrame) -> np.ndarray:
        """The accounts of which a row is not later than the last one seen."""
        account = snapshots["account"].to_numpy()
        seen = self._standing.taken_at_us[account]
        return np.unique(account[microseconds(snapshots["taken_at"]) <= seen])

    def _repeated(self, rows: pd.DataFrame) -> np.ndarray:
        """The accounts with two rows for one instant: only the store knows which came last."""
        again = rows.loc[rows.duplicated(["account_id", "taken_at"]), "account_id"]
        twice = coded(rows[rows["account_id"].isin(again)], self._standing.accounts)
        return twice["account"].unique()

    def groups(self) -> tuple[AccountGroup, ...]:
        """Every owner's groups."""
        with self._lock:
            return tuple(self._groups.values())

    def evaluate(
        self, group: AccountGroup, *, now: datetime, as_of_last: bool = False
    ) -> GroupRiskEvaluation:
        """`group`'s answer now, or as of the last snapshot of any member."""
        standing = self._of(group.account_ids)
        as_of = last_taken_at(standing) if as_of_last else None
        return evaluate_group(group, standing, as_of=as_of or now, timestamp=now)

    def account_risk(self, account: Account, *, now: datetime) -> AccountRisk:
        """One account's own answer now."""
        return account_risks(observe(self._of([account.id]), now), Thresholds())[0]

    def standing_of(self, account_ids: Sequence[UUID]) -> Standing:
        """Where these accounts stand, everything recorded taken in."""
        return self._of(account_ids)

    def _of(self, account_ids: Sequence[UUID]) -> Standing:
        standing = self._settled()
        wanted = set(account_ids)
        return part(standing, [a for a in standing.accounts if a.id in wanted])


def coded(rows: pd.DataFrame, accounts: Sequence[Account]) -> pd.DataFrame:
    """`rows` as SNAPSHOTS of `accounts` (rising by id): sorted, accounts by position."""
    ids = pd.Index([str(account.id) for account in accounts], dtype=object)
    names = rows["account_id"]
    if isinstance(names.dtype, pd.CategoricalDtype):
        position = ids.get_indexer(names.cat.categories.astype(object))[names.cat.codes]
    else:
        position = ids.get_indexer(pd.Index(names, dtype=object))
    frame = pd.DataFrame(
        {
            "account": position.astype(np.int64),
            "taken_at": rows["taken_at"].array,
            "balance": rows["balance"].to_numpy(dtype=np.float64),
            "equity": rows["equity"].to_numpy(dtype=np.float64),
            "open_contracts": _said(rows, "open_contracts", np.nan),
            "basis": _said(rows, "basis", 0).astype(np.int8),
        }
    )
    frame = frame[frame["account"] >= 0]
    instants = microseconds(frame["taken_at"])
    account = frame["account"].to_numpy()
    is_sorted = (account[1:] > account[:-1]) | (
        (account[1:] == account[:-1]) & (instants[1:] > instants[:-1])
    )
    if not is_sorted.all():
        frame = frame.iloc[np.lexsort((instants, account))]
        frame = frame.drop_duplicates(["account", "taken_at"], keep="last")
    return frame.reset_index(drop=True)


def _said(rows: pd.DataFrame, name: str, unsaid: float) -> FloatArray:
    """A column that not all rows have."""
    if name not in rows:
        return np.full(len(rows), unsaid)
    said = rows[name].to_numpy(dtype=np.float64)
    return np.where(np.isnan(said), unsaid, said)


def last_taken_at(standing: Standing) -> datetime | None:
    """When the newest snapshot of any account was taken; None without one."""
    seen = standing.taken_at_us[standing.has_snapshot]
    if not len(seen):
        return None
    instant: datetime = pd.Timestamp(int(seen.max()), unit="us", tz="UTC").to_pydatetime()
    return instant
