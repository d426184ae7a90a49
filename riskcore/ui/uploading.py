"""Uploading: what a file holds, what of it is refused and why, and who its accounts are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from riskcore.domain.reasons import instant_text
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.reading import Reading, header_of, propose_columns
from riskcore.services.accounts import AccountDraft
from riskcore.services.uploads import FilePreview
from riskcore.store.uploads import Upload
from riskcore.ui.choice import propose_group
from riskcore.ui.forms import Shared, ask_shared, zones
from riskcore.ui.rule_forms import Answers, ask_rules, rules_said
from riskcore.ui.words import counted, escape

STATED = "none: each time states its own"
"""Picked where every time in a file has an offset, and one without is to be refused."""

FIELDS = {
    "account": "Account",
    "taken_at": "Time",
    "balance": "Balance (closed positions)",
    "equity": "Equity (with open positions)",
}

EXAMPLE = """\
account,time,balance,equity
PA-7741,2026-11-12T14:03:00Z,50120.00,50087.50
PA-7742,2026-11-12T14:03:00Z,49980.00,49702.25"""

ROWS_SHOWN = 5

FILES_TAKEN = "files-taken"
ACCOUNTS_TAKEN = "accounts-taken"


def ask_columns(data: bytes) -> ColumnMap | None:
    """Ask which column of a file is which, where its names do not say; None until it is clear.

    Raises UnreadableFile.
    """
    header = [name for name in dict.fromkeys(header_of(data)) if name]
    proposed = propose_columns(header)
    is_clear = proposed.keys() == FIELDS.keys()
    more = st.expander("Columns of the file", expanded=not is_clear, icon=":material/view_column:")
    with more, st.grid(4, min_column_width=200):
        chosen = {field: _ask_column(field, header, proposed.get(field)) for field in FIELDS}
    if missing := [FIELDS[field] for field, name in chosen.items() if name is None]:
        st.info(f"Choose the column of: {', '.join(missing)}.", icon=":material/view_column:")
        return None
    return ColumnMap(**{field: name or "" for field, name in chosen.items()})


def ask_file_zone() -> str | None:
    """Ask where times that state no zone are local; None: such times are to be refused."""
    options = (STATED, *zones())
    label = "Time zone of times written without one"
    zone = st.selectbox(label, options, width=360, key="file-zone")
    return None if zone == STATED else zone


def _ask_column(field: str, header: Sequence[str], proposed: str | None) -> str | None:
    # Without a key, so that another file with another header is asked about anew.
    return st.selectbox(
        FIELDS[field],
        header,
        index=None if proposed is None else header.index(proposed),
        placeholder="Choose a column",
    )


def ask_file() -> UploadedFile | None:
    """Ask for a file; after one was taken in, for the next."""
    return st.file_uploader(
        "A CSV of account snapshots",
        type=["csv", "txt"],
        max_upload_size=25,
        help="One row for each account and time, with a header; several accounts in one file",
        key=f"file-{st.session_state.get(FILES_TAKEN, 0)}",
    )


def remember(upload: Upload, preview: FilePreview) -> None:
    """Show what `upload` brought from the next drawing on, and ask for another file."""
    st.session_state[FILES_TAKEN] = st.session_state.get(FILES_TAKEN, 0) + 1
    st.session_state[ACCOUNTS_TAKEN] = [*preview.known, *preview.new_accounts]
    st.query_params["upload"] = str(upload.id)


def brought(upload: Upload, ids: Mapping[str, UUID]) -> None:
    """What a file brought, and what to do next; `ids` are the desk's accounts by number."""
    st.success(
        f"{escape(upload.file_name)}: {counted(upload.taken, 'row')} taken, "
        f"{upload.refused:,} refused, {upload.duplicates:,} known already, "
        f"{upload.corrected:,} in place of older values.",
        icon=":material/check:",
    )
    numbers = st.session_state.get(ACCOUNTS_TAKEN, ())
    with st.container(horizontal=True):
        st.page_link(
            "pages/40_groups.py",
            label="Make a group with these accounts" if numbers else "Make a group",
            icon=":material/group_work:",
            query_params=propose_group(ids[number] for number in numbers if number in ids),
        )
        st.page_link("pages/10_board.py", label="See the board", icon=":material/speed:")


def summary(preview: FilePreview) -> str:
    """What can be taken from a file, in words; Markdown."""
    reading = preview.reading
    refused = len({refusal.line for refusal in reading.refusals})
    accounts = len(preview.known) + len(preview.new_accounts)
    return (
        f"**{counted(reading.rows_read, 'row')} read: {len(reading.rows):,} can be taken, "
        f"{refused:,} refused, {reading.duplicates:,} repeat another.** {_period(reading)} "
        f"{counted(accounts, 'account')}, {len(preview.new_accounts):,} of them new."
    )


def _period(reading: Reading) -> str:
    if reading.rows.empty:
        return ""
    taken_at = reading.rows["taken_at"]
    return f"From {instant_text(taken_at.min())} to {instant_text(taken_at.max())}:"


def nothing_taken(time_zone: str | None) -> None:
    """What to do about a file of which nothing can be taken."""
    hint = "" if time_zone else " If its times state no zone, choose theirs above."
    st.info(f"Nothing can be taken from this file as it is.{hint}", icon=":material/help:")


def first_rows(reading: Reading) -> list[Mapping[str, object]]:
    """The first rows as they were understood, so that a wrong zone or column is seen."""
    return [
        {
            "Line": row["line"],
            "Account": row["account"],
            "Time": instant_text(row["taken_at"]),
            "Balance": f"{row['balance']:,.2f}",
            "Equity": f"{row['equity']:,.2f}",
        }
        for row in reading.rows.head(ROWS_SHOWN).to_dict("records")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccounts:
    """What was said of a file's new accounts, not looked at yet."""

    starting_balances: Mapping[str, float | None]
    shared: Shared
    rules: Answers

    def drafts(self) -> list[AccountDraft]:
        """One account for each number; raises InvalidValue."""
        rules = rules_said(self.rules)
        return [
            AccountDraft(number=number, starting_balance=balance, rules=rules, **self.shared)
            for number, balance in self.starting_balances.items()
        ]


def ask_new_accounts(preview: FilePreview) -> NewAccounts | None:
    """Ask once what is true of all new accounts of a file, and each one's starting balance."""
    if not preview.new_accounts:
        return None
    st.markdown("##### New accounts")
    st.caption(
        "The starting balances are proposals: each account's first balance in this file. "
        "Correct them, for every limit is counted from them; leave empty what you do not know."
    )
    starting_balances = _ask_starting_balances(preview)
    st.caption("What follows is set for all of them, and can be changed for each later.")
    with st.grid(4, min_column_width=200):
        shared = ask_shared(AccountDraft(number=""), "new")
    return NewAccounts(
        starting_balances=starting_balances, shared=shared, rules=ask_rules((), "new")
    )


def _ask_starting_balances(preview: FilePreview) -> dict[str, float | None]:
    proposal = first_balances(preview.reading.rows).reindex(list(preview.new_accounts))
    edited = st.data_editor(
        pd.DataFrame(
            {
                "Account": list(preview.new_accounts),
                "Start (proposed)": proposal.to_numpy(),
            }
        ),
        hide_index=True,
        disabled=["Account"],
        column_config={
            "Start (proposed)": st.column_config.NumberColumn(
                min_value=0.0, step=0.01, format="localized"
            )
        },
        key=f"starting-{preview.digest}",
        alt="The new accounts and their proposed starting balances",
        width=520,
    )
    balances = edited["Start (proposed)"]
    return {
        number: None if pd.isna(balance) else round(float(balance), 2)
        for number, balance in zip(edited["Account"], balances, strict=True)
    }


def first_balances(rows: pd.DataFrame) -> pd.Series:
    """Each account's balance at its earliest time; index: account as written."""
    return rows.sort_values("taken_at").groupby("account")["balance"].first()
