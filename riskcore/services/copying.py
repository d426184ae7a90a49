"""Copying: who copies whom, what a group says of different rules, what accounts cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from math import isfinite
from pathlib import Path
from uuid import UUID, uuid4

from riskcore.domain.copying.composition import FirmCopying
from riskcore.domain.copying.instruments import Instrument
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import InvalidValue, Missing
from riskcore.domain.model import AccountGroup
from riskcore.ingest.copying import read_firms, read_instruments
from riskcore.services.desk import Desk
from riskcore.services.groups import find_group, list_groups
from riskcore.store import copying as stored
from riskcore.store.fees import put_fees, select_fees
from riskcore.store.same_rules import put_same_rules, select_same_rules

FILES = Path(__file__).resolve().parents[2] / "data" / "copying"
MOST_FEE = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What a person says of a copy link; as in CopyLink."""

    leader_id: UUID
    follower_id: UUID
    mode: CopyMode = CopyMode.MULTIPLIER
    ratio: float = 1.0
    fixed_contracts: float | None = None
    risk_percent: float | None = None
    contract_multiplier: float = 1.0
    rounding: Rounding = Rounding.DOWN
    step_contracts: float = 1.0
    least_contracts: float | None = None
    most_contracts: float | None = None
    rate: float | None = None
    rated_on: date | None = None
    active_from: datetime | None = None
    active_to: datetime | None = None

    def link(self, link_id: UUID, group_id: UUID) -> CopyLink:
        """The link it describes; raises InvalidValue."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        return CopyLink(id=link_id, group_id=group_id, **said)


def draft_of(link: CopyLink) -> LinkDraft:
    """What a person would have said of `link` as it is."""
    return LinkDraft(**{field.name: getattr(link, field.name) for field in fields(LinkDraft)})


@cache
def instruments() -> Mapping[str, Instrument]:
    """The markets this desk knows, by symbol; raises InvalidFile for a file that is not right."""
    return read_instruments(FILES / "instruments.toml")


def find_instrument(symbol: str) -> Instrument:
    """The instrument called `symbol`; raises Missing."""
    if symbol not in instruments():
        raise Missing("instrument", symbol)
    return instruments()[symbol]


@cache
def firms() -> Mapping[str, FirmCopying]:
    """What firms say of copying, by name, case folded; raises InvalidFile."""
    return read_firms(FILES / "firms.toml")


def copy_groups_first(desk: Desk, user_id: str) -> list[AccountGroup]:
    """The owner's groups by name, those first in which somebody copies."""
    linked = {link.group_id for link in stored.select_links(desk.database, user_id)}
    return sorted(list_groups(desk, user_id), key=lambda group: group.id not in linked)


def list_links(desk: Desk, user_id: str, group_id: UUID) -> list[CopyLink]:
    """The copy links of a group, by leader and follower; raises Missing."""
    group = find_group(desk, user_id, group_id)
    return stored.select_links(desk.database, user_id, group.id)


def make_links(
    desk: Desk, user_id: str, group_id: UUID, drafts: Sequence[LinkDraft]
) -> list[CopyLink]:
    """New links in a group, all or none.

    Raises Missing, InvalidValue, and Conflict for a chain, a loop, a second leader or an
    account that is not in the group.
    """
    links = [draft.link(uuid4(), group_id) for draft in drafts]
    stored.insert_links(desk.database, user_id, group_id, links)
    renew_links(desk, user_id, group_id)
    return links


def renew_links(desk: Desk, user_id: str, group_id: UUID) -> None:
    """Let the board have a group's links as they are stored now."""
    with desk.board.held():
        desk.board.put_links(group_id, stored.select_links(desk.database, user_id, group_id))
    desk.ticker.notice()


def change_link(
    desk: Desk, user_id: str, group_id: UUID, link_id: UUID, draft: LinkDraft
) -> CopyLink:
    """The link as `draft` says; raises as `make_links`."""
    link = draft.link(link_id, group_id)
    stored.update_link(desk.database, user_id, link)
    renew_links(desk, user_id, group_id)
    return link


def delete_link(desk: Desk, user_id: str, group_id: UUID, link_id: UUID) -> None:
    """Forget a link; raises Missing. To keep when it was active, end it instead."""
    stored.delete_link(desk.database, user_id, group_id, link_id)
    renew_links(desk, user_id, group_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySettings:
    """What a group says of different rules, and what its accounts cost (account money)."""

    same_rules: SameRules = SameRules.INFORM
    fees: Mapping[UUID, float]


def copy_settings(desk: Desk, user_id: str, group_id: UUID) -> CopySettings:
    """The settings of a group's copying; raises Missing."""
    return settings_of(desk, find_group(desk, user_id, group_id))


def settings_of(desk: Desk, group: AccountGroup) -> CopySettings:
    """The settings of the copying of a group that is at hand."""
    user_id = group.user_id
    switches = select_same_rules(desk.database, user_id)
    fees = select_fees(desk.database, user_id)
    return CopySettings(
        same_rules=switches.get(group.id, SameRules.INFORM),
        fees={key: fee for key, fee in fees.items() if key in group.account_ids},
    )


def change_copy_settings(
    desk: Desk,
    user_id: str,
    group_id: UUID,
    same_rules: SameRules,
    fees: Mapping[UUID, float | None],
) -> CopySettings:
    """The settings as said; a fee of None is not known any more, one left out stays.

    Raises Missing for a strange group or an account that is not in it, InvalidValue.
    """
    group = find_group(desk, user_id, group_id)
    for account_id, fee in fees.items():
        if account_id not in group.account_ids:
            raise Missing("account", account_id)
        _check_fee(fee)
    put_same_rules(desk.database, user_id, group_id, same_rules)
    put_fees(desk.database, user_id, fees)
    return copy_settings(desk, user_id, group_id)


def _check_fee(fee: float | None) -> None:
    if fee is None:
        return
    if not isfinite(fee) or not 0 <= fee <= MOST_FEE:
        raise InvalidValue("fee", f"must be 0 to {MOST_FEE:,.0f}", fee)
    if round(fee, 2) != fee:
        raise InvalidValue("fee", "must have at most two decimals", fee)
