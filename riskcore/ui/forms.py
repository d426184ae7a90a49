"""Forms: what a person says of accounts and groups. Drawn inside an `st.form`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cache
from typing import TypedDict
from uuid import UUID
from zoneinfo import available_timezones

import streamlit as st

from riskcore.domain.model import STALE_AFTER_API, STALE_AFTER_FILES, Account, AccountGroup
from riskcore.domain.reasons import span_text
from riskcore.domain.status import Thresholds
from riskcore.services.accounts import AccountDraft, draft_of
from riskcore.services.groups import GroupDraft

STALE_AFTER = (
    STALE_AFTER_API,
    timedelta(hours=1),
    timedelta(hours=12),
    STALE_AFTER_FILES,
    timedelta(days=7),
    timedelta(days=31),
)


HOURS = {
    "around_the_clock": "Around the clock",
    "cme_futures": "CME futures",
    "forex": "Forex",
    "weekdays": "Weekdays in the account's zone",
}
OWN = ""
HOURS_HELP = (
    "Data grows old only while the market is open. CME futures: Sunday 18:00 to Friday 17:00 New"
    " York, closed for an hour at 17:00. Forex: Sunday 17:00 to Friday 17:00 New York."
    " Holidays count as open"
)
OWN_HELP = (
    "Such as Sun 17:00-Fri 17:00 in America/New_York, or Mon-Fri 09:30-16:00 in the account's"
    " zone; several are parted by commas. Hours written anew count whatever is chosen"
)


class Shared(TypedDict):
    """What several accounts can have in common."""

    currency: str
    time_zone: str
    reset_time: time
    stale_after: timedelta
    market_hours: str


def ask_account(account: Account | None, key: str) -> AccountDraft:
    """Ask for an account, filled in with `account`; its rules and its preset stay."""
    filled = draft_of(account) if account else AccountDraft(number="")
    with st.grid(4, min_column_width=200):
        number = st.text_input(
            "Number",
            filled.number,
            help="What the platform calls it, and what files call it",
            key=f"{key}-number",
        )
        name = st.text_input(
            "Name", filled.name, placeholder="the same as the number", key=f"{key}-name"
        )
        firm = st.text_input("Firm", filled.firm, key=f"{key}-firm")
        platform = st.text_input("Platform", filled.platform, key=f"{key}-platform")
        starting_balance = st.number_input(
            "Starting balance",
            min_value=0.0,
            value=filled.starting_balance,
            step=1000.0,
            placeholder="not known",
            help="Limits are counted from it: until it is set, they are unknown",
            key=f"{key}-starting",
        )
        shared = ask_shared(filled, key)
    return replace(
        filled,
        number=number,
        name=name,
        firm=firm,
        platform=platform,
        starting_balance=starting_balance,
        **shared,
    )


def ask_shared(filled: AccountDraft, key: str) -> Shared:
    """Ask for what several accounts can have in common, filled in with `filled`."""
    spans = sorted({*STALE_AFTER, filled.stale_after})
    return Shared(
        currency=st.text_input("Currency", filled.currency, key=f"{key}-currency"),
        time_zone=ask_zone("Time zone of the reset", filled.time_zone, f"{key}-zone"),
        reset_time=st.time_input(
            "Reset, local time",
            filled.reset_time,
            help="When the trading day turns and a daily loss starts anew",
            key=f"{key}-reset",
        ),
        stale_after=st.selectbox(
            "Data counts as unknown after",
            spans,
            index=spans.index(filled.stale_after),
            format_func=span_text,
            key=f"{key}-stale",
        ),
        market_hours=ask_hours(filled.market_hours, key),
    )


def ask_hours(hours: str, key: str) -> str:
    """Ask for market hours, by name or written out, filled in with `hours`.

    Hours written anew count whatever is chosen. The keys hold what the form is filled in
    with, so that hours which were saved are no longer what was written anew.
    """
    written = "" if hours in HOURS else hours
    options = [*HOURS, OWN]
    chosen = st.selectbox(
        "Market hours",
        options,
        index=options.index(OWN if written else hours),
        format_func=lambda option: HOURS.get(option, "As written"),
        help=HOURS_HELP,
        key=f"{key}-hours-{hours}",
    )
    said = st.text_input(
        "Market hours as written",
        written,
        max_chars=1_000,
        placeholder="Mon-Fri 09:30-16:00",
        help=OWN_HELP,
        key=f"{key}-own-hours-{hours}",
    ).strip()
    written_anew = said not in ("", written)
    return said if written_anew or chosen == OWN else chosen


def ask_zone(label: str, value: str, key: str) -> str:
    """Ask for an IANA zone."""
    options = sorted({value, *zones()})
    return st.selectbox(label, options, index=options.index(value), key=key)


@cache
def zones() -> tuple[str, ...]:
    """Every IANA zone this machine knows, UTC first."""
    return ("UTC", *sorted(available_timezones() - {"UTC", "localtime"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAnswers:
    """What was said of a group, not looked at yet; shares in percent."""

    name: str
    account_ids: tuple[UUID, ...]
    currency: str
    caution_percent: float
    critical_percent: float

    def draft(self) -> GroupDraft:
        """The group; raises InvalidValue."""
        return GroupDraft(
            name=self.name,
            account_ids=self.account_ids,
            currency=self.currency.strip() or None,
            thresholds=Thresholds(
                caution_fraction=round(self.caution_percent / 100, 4),
                critical_fraction=round(self.critical_percent / 100, 4),
            ),
        )


def ask_group(
    group: AccountGroup | None, labels: Mapping[UUID, str], proposed: Collection[UUID], key: str
) -> GroupAnswers:
    """Ask for a group of the accounts in `labels`, filled in with `group` or those proposed."""
    thresholds = group.thresholds if group else Thresholds()
    name = st.text_input("Name", group.name if group else "", key=f"{key}-name")
    account_ids = st.multiselect(
        "Accounts",
        list(labels),
        default=[i for i in (group.account_ids if group else proposed) if i in labels],
        format_func=labels.__getitem__,
        help="An account may be in several groups",
        key=f"{key}-accounts",
    )
    with st.grid(3, min_column_width=220):
        currency = st.text_input(
            "Shown in",
            (group.currency if group else None) or "",
            placeholder="the currency its accounts share",
            key=f"{key}-currency",
        )
        caution = _ask_share("Caution at or below", thresholds.caution_fraction, f"{key}-caution")
        critical = _ask_share(
            "Critical at or below", thresholds.critical_fraction, f"{key}-critical"
        )
    return GroupAnswers(
        name=name,
        account_ids=tuple(account_ids),
        currency=currency,
        caution_percent=caution,
        critical_percent=critical,
    )


def _ask_share(label: str, fraction: float, key: str) -> float:
    """Ask for a percentage of a limit, filled in with a fraction."""
    return st.number_input(
        f"{label}, % of a limit left",
        min_value=0.0,
        max_value=100.0,
        value=round(fraction * 100, 2),
        step=5.0,
        format="%.4g",
        key=key,
    )
