"""Uploading: what a file holds, what of it is refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from riskcore.domain.reasons import instant_text
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.reading import Reading, header_of, propose_columns
from riskcore.services.uploads import FilePreview
from riskcore.store.uploads import Upload
from riskcore.ui.choice import propose_group
from riskcore.ui.forms import zones
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
    is_clear = proposed.keys() >= FIELDS.keys()
    more = st.expander("Columns of the file", expanded=not is_clear, icon=":material/view_column:")
    with more, st.grid(4, min_column_width=200):
        chosen = {field: _ask_column(field, header, proposed.get(field)) for field in FIELDS}
    if missing := [FIELDS[field] for field, name in chosen.items() if name is None]:
        st.info(f"Choose the column of: {', '.join(missing)}.", icon=":material/view_column:")
        return None
    return ColumnMap(**(proposed | {field: name or "" for field, name in chosen.items()}))


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
