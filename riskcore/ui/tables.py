"""Tables: accounts, groups, uploads, what was refused, and each day's low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.model import Account, AccountGroup
from riskcore.domain.money import money_text, percent_text
from riskcore.domain.reasons import instant_text
from riskcore.domain.rules import KINDS
from riskcore.ingest.formats import formats
from riskcore.store.uploads import RefusedRow, Upload
from riskcore.ui.words import when_text

REFUSALS_SHOWN = 1_000


def refusals_table(refusals: Sequence[RefusedRow]) -> None:
    """What was not taken from a file, and why."""
    if not refusals:
        return
    st.markdown("##### Why rows were refused", anchors=False)
    if len(refusals) > REFUSALS_SHOWN:
        st.caption(f"The first {REFUSALS_SHOWN:,} of {len(refusals):,} reasons are shown.")
    text_table(
        [
            {
                "Line": refusal.line,
                "Column": refusal.column or "the whole row",
                "Found": refusal.value,
                "Why": refusal.reason,
            }
            for refusal in refusals[:REFUSALS_SHOWN]
        ],
        "The rows of this file that were refused",
    )


def uploads_table(uploads: Iterable[Upload], now: datetime) -> None:
    """Every file taken in, the newest first."""
    titles = {form.name: form.title for form in formats()}
    text_table(
        [
            {
                "File": upload.file_name,
                "Imported": when_text(upload.created_at, now),
                "Rows read": upload.rows_read,
                "Taken": upload.taken,
                "Refused": upload.refused,
                "Known already": upload.duplicates,
                "Replaced older values": upload.corrected,
                "Recognised as": titles.get(upload.format, upload.format),
                "Undone": "" if upload.undone_at is None else instant_text(upload.undone_at),
            }
            for upload in uploads
        ],
        "The files imported so far",
    )


def day_lows_table(lows: pd.DataFrame, names: Mapping[str, str], currency: str | None) -> None:
    """Each trading day's low of each rule; `lows` as in `GroupHistory`, `names` by id as text."""
    st.dataframe(
        pd.DataFrame(
            {
                "Trading day": lows["trading_day"],
                "Rule": [KINDS[rule].title for rule in lows["rule"]],
                "Buffer": lows["buffer"],
                "Account": [names.get(account, "") for account in lows["account_id"]],
                "Share of the limit": lows["buffer_percent"],
                "At": [instant_text(instant) for instant in lows["taken_at"]],
            }
        ),
        hide_index=True,
        column_config={
            "Buffer": st.column_config.NumberColumn(
                f"Smallest buffer{f', {currency}' if currency else ''}", format="%,.2f"
            ),
            "Share of the limit": st.column_config.NumberColumn(format="%.1f %%"),
        },
        alt="Each day's smallest buffer and who held it",
    )


def text_table(rows: Sequence[Mapping[str, object]], about: str) -> None:
    """Rows whose cells are shown as they are; `about` says what they are."""
    st.dataframe(
        pd.DataFrame(list(rows)),
        hide_index=True,
        column_config={"Line": st.column_config.NumberColumn(width="small")},
        alt=about,
    )


def groups_table(groups: Iterable[AccountGroup], labels: Mapping[UUID, str]) -> None:
    """Every group and who is in it."""
    text_table(
        [
            {
                "Group": group.name,
                "Accounts": ", ".join(labels.get(i, "?") for i in group.account_ids) or "none",
                "Shown in": group.currency or "the currency its accounts share",
                "Caution, critical at or below": _thresholds(group),
            }
            for group in groups
        ],
        "The groups of this desk",
    )


def _thresholds(group: AccountGroup) -> str:
    limits = group.thresholds
    shares = (100 * limits.caution_fraction, 100 * limits.critical_fraction)
    return ", ".join(percent_text(share) for share in shares)


def accounts_table(accounts: Iterable[Account]) -> None:
    """Every account and which rules it has."""
    text_table(
        [
            {
                "Account": account.name,
                "Number": account.number,
                "Firm": account.firm,
                "Platform": account.platform,
                "Starting balance": money_text(account.starting_balance, account.currency),
                "Day turns at": f"{account.reset_time:%H:%M} {account.time_zone}",
                "Rules": ", ".join(rule.title for rule in account.rules) or "none",
            }
            for account in accounts
        ],
        "The accounts of this desk",
    )
