"""The sample desk: invented accounts, groups and snapshots, for whoever wants to look around."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any
from uuid import UUID

import pandas as pd

from riskcore.domain.copytrade import CopyMode
from riskcore.domain.errors import Conflict
from riskcore.domain.model import STALE_AFTER_FILES, Basis, Snapshot
from riskcore.domain.rules import rule_from
from riskcore.ingest.reading import read_csv
from riskcore.services.accounts import AccountDraft, delete_account, list_accounts, make_account
from riskcore.services.copying import LinkDraft, make_links
from riskcore.services.desk import Desk
from riskcore.services.groups import GroupDraft, delete_group, list_groups, make_group
from riskcore.services.snapshots import record_snapshots

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """A group of the sample, its members by account number."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleLink:
    """Who copies whom in a group of the sample, by account number; `said` are the link's fields."""

    group: str
    leader: str
    follower: str
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample desk holds.

    `snapshots` has the columns `account` (its number), `taken_at` (aware, UTC), `balance`
    and `equity` (account money), `open_contracts` and `basis` as read, in the order of time.
    """

    accounts: tuple[AccountDraft, ...]
    groups: tuple[SampleGroup, ...]
    links: tuple[SampleLink, ...]
    snapshots: pd.DataFrame


def read_sample(now: datetime) -> Sample:
    """The sample as if it had just been recorded: its last snapshot under a day before `now`."""
    desk = tomllib.loads((SAMPLES / "desk.toml").read_text(encoding="utf-8"))
    reading = read_csv((SAMPLES / "snapshots.csv").read_bytes(), now=now)
    return Sample(
        accounts=tuple(_account(entry) for entry in desk["account"]),
        groups=tuple(
            SampleGroup(entry["name"], tuple(entry["accounts"])) for entry in desk["group"]
        ),
        links=tuple(_link(dict(entry)) for entry in desk["link"]),
        snapshots=_moved(reading.rows, now),
    )


def _link(entry: dict[str, Any]) -> SampleLink:
    names = (entry.pop("group"), entry.pop("leader"), entry.pop("follower"))
    return SampleLink(*names, said=entry)


def _account(entry: Mapping[str, Any]) -> AccountDraft:
    rules = [dict(parameters) for parameters in entry["rules"]]
    plain = {name: value for name, value in entry.items() if name != "rules"}
    return AccountDraft(
        **plain,
        rules=tuple(rule_from(parameters.pop("kind"), parameters) for parameters in rules),
        stale_after=STALE_AFTER_FILES,
    )


def _moved(snapshots: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """`snapshots` later by as many whole days as fit before `now`.

    Whole days of UTC: no session of the sample holds a reset, summer or winter.
    """
    days = (now - snapshots["taken_at"].max()) // timedelta(days=1)
    return snapshots.assign(taken_at=snapshots["taken_at"] + timedelta(days=days))


def load_sample_desk(desk: Desk, user_id: str) -> None:
    """Fill an empty desk with the sample, or leave it as it was.

    Raises Conflict when the owner has an account or a group already.
    """
    if list_accounts(desk, user_id) or list_groups(desk, user_id):
        raise Conflict("the sample desk needs an empty desk: this one has accounts or groups")
    sample = read_sample(desk.clock())
    with ExitStack() as undo:
        ids = _make_accounts(desk, user_id, sample, undo)
        _make_groups(desk, user_id, sample, ids, undo)
        record_snapshots(desk, user_id, _snapshots(sample, ids))
        undo.pop_all()


def _make_accounts(desk: Desk, user_id: str, sample: Sample, undo: ExitStack) -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    for draft in sample.accounts:
        ids[draft.number] = make_account(desk, user_id, draft).id
        undo.callback(delete_account, desk, user_id, ids[draft.number])
    return ids


def _make_groups(
    desk: Desk, user_id: str, sample: Sample, ids: Mapping[str, UUID], undo: ExitStack
) -> None:
    for entry in sample.groups:
        members = tuple(ids[number] for number in entry.numbers)
        group = make_group(desk, user_id, GroupDraft(name=entry.name, account_ids=members))
        undo.callback(delete_group, desk, user_id, group.id)
        links = [link for link in sample.links if link.group == entry.name]
        make_links(desk, user_id, group.id, [_link_draft(link, ids) for link in links])


def _link_draft(link: SampleLink, ids: Mapping[str, UUID]) -> LinkDraft:
    said = {**link.said, "mode": CopyMode(link.said["mode"])}
    return LinkDraft(leader_id=ids[link.leader], follower_id=ids[link.follower], **said)


def _snapshots(sample: Sample, ids: Mapping[str, UUID]) -> list[Snapshot]:
    names = ["account", "taken_at", "balance", "equity", "open_contracts", "basis"]
    codes = list(Basis)
    rows = sample.snapshots[names].itertuples(index=False, name=None)
    return [
        Snapshot(
            account_id=ids[account],
            taken_at=taken_at,
            balance=balance,
            equity=equity,
            open_contracts=None if isnan(contracts) else contracts,
            basis=codes[basis],
        )
        for account, taken_at, balance, equity, contracts, basis in rows
    ]
