"""Uploading: which file, what it does not say itself, and what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from datetime import time as clock_time
from uuid import UUID
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.file_names import account_in_name
from riskcore.ingest.reading import header_of, propose_columns
from riskcore.ingest.stamps import DateOrder
from riskcore.services.uploads import FilePreview
from riskcore.store.uploads import Upload
from riskcore.ui.choice import propose_group
from riskcore.ui.forms import zones
from riskcore.ui.reading_file import forget_file
from riskcore.ui.words import counted, escape

STATED = "none: each time states its own"
"""Picked where every time in a file has an offset, and one without is to be refused."""

NO_COLUMN = "no column: say it for the whole file"
CLOSED_ONLY = "no column: closed trades only"

FIELDS = {
    "account": "Account",
    "taken_at": "Time",
    "balance": "Balance (closed positions)",
    "equity": "Equity (with open positions)",
}
WITHOUT = {"account": NO_COLUMN, "taken_at": NO_COLUMN, "equity": CLOSED_ONLY}
"""What may be picked in place of a column."""

ORDERS = {
    DateOrder.DAY_FIRST: "day first: 03/04/2026 is 3 April",
    DateOrder.MONTH_FIRST: "month first: 03/04/2026 is 4 March",
}
MARKS = {".": "a point: 1,234 is one thousand", ",": "a comma: 1,234 is one and a bit"}

EXAMPLE = """\
account,time,balance,equity
PA-7741,2026-11-12T14:03:00Z,50120.00,50087.50
PA-7742,2026-11-12T14:03:00Z,49980.00,49702.25"""

FILES_TAKEN = "files-taken"
ACCOUNTS_TAKEN = "accounts-taken"


def ask_file() -> UploadedFile | None:
    """Ask for a file; after one was taken in, for the next."""
    return st.file_uploader(
        "An export of your platform, or a table of account snapshots",
        type=["csv", "txt", "tsv", "xlsx", "htm", "html"],
        max_upload_size=100,
        help="Tradovate, Rithmic, MetaTrader 4 and 5, cTrader, TopstepX, NinjaTrader, "
        "TradingView and FTMO are recognised; of other files you say which column is which",
        key=f"file-{st.session_state.get(FILES_TAKEN, 0)}",
    )


def ask_columns(data: bytes, known: ColumnMap | None) -> ColumnMap | None:
    """Ask which column of a file is which, where its names do not say; None until it is clear.

    `known`: what was said of a file with the same header.

    Raises UnreadableFile.
    """
    header = [name for name in dict.fromkeys(header_of(data)) if name]
    proposed = propose_columns(header) | _said(known, header)
    is_clear = proposed.keys() >= FIELDS.keys()
    more = st.expander("Columns of the file", expanded=not is_clear, icon=":material/view_column:")
    with more, st.grid(4, min_column_width=200):
        chosen = {field: _ask_column(field, header, proposed.get(field)) for field in FIELDS}
    if missing := [FIELDS[field] for field, name in chosen.items() if name is None]:
        st.info(f"Choose the column of: {', '.join(missing)}.", icon=":material/view_column:")
        return None
    named = {field: None if name == WITHOUT.get(field) else name for field, name in chosen.items()}
    return ColumnMap(**(proposed | named))  # type: ignore[arg-type]


def _said(known: ColumnMap | None, header: Sequence[str]) -> dict[str, str]:
    """What is picked for each field that was said of such a file before."""
    if known is None:
        return {}
    said: dict[str, str] = {f: getattr(known, f) or WITHOUT.get(f, "") for f in FIELDS}
    return {
        field: name for field, name in said.items() if name in header or name in WITHOUT.values()
    }


def _ask_column(field: str, header: Sequence[str], proposed: str | None) -> str | None:
    options = [*header, *([WITHOUT[field]] if field in WITHOUT else [])]
    # Without a key, so that another file with another header is asked about anew.
    return st.selectbox(
        FIELDS[field],
        options,
        index=None if proposed is None else options.index(proposed),
        placeholder="Choose a column",
    )


def ask_file_zone(known: str | None) -> str | None:
    """Ask where times that state no zone are local; None: such times are to be refused."""
    options = (STATED, *zones())
    index = options.index(known) if known in options else 0
    label = "Time zone of times written without one"
    zone = st.selectbox(label, options, index=index, width=360, key="file-zone")
    return None if zone == STATED else zone


def ask_whole_file(
    file_name: str, *, account: bool, as_of: bool
) -> tuple[str | None, datetime | None]:
    """Ask what is said once of a whole file: its account, and when it was made (UTC)."""
    number = instant = None
    with st.grid(3, min_column_width=200):
        if account:
            number = st.text_input(
                "Account of this file",
                account_in_name(file_name) or "",
                placeholder="its number",
                key="file-account",
            )
        if as_of:
            day = st.date_input("Exported on", None, key="file-day", format="YYYY-MM-DD")
            clock = st.time_input("at", None, key="file-clock", step=60)
            zone = st.selectbox("in the time zone", zones(), key="file-as-of-zone")
            instant = _instant(day, clock, zone)
    return (number or "").strip() or None, instant


def _instant(day: date | None, clock: clock_time | None, zone: str) -> datetime | None:
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def ask_order() -> DateOrder | None:
    """Ask in which order the dates of a file are written."""
    return st.radio(
        "The dates of this file can be read in two ways. Which is it?",
        list(ORDERS),
        index=None,
        format_func=ORDERS.__getitem__,
        key="file-order",
    )


def ask_mark() -> str | None:
    """Ask what the decimal mark of a file is."""
    return st.radio(
        "The amounts of this file can be read in two ways. What is its decimal mark?",
        list(MARKS),
        index=None,
        format_func=MARKS.__getitem__,
        key="file-mark",
    )


def ask_start() -> dict[str, float]:
    """Ask for the balance before the first trade of a file that has results only."""
    start = st.number_input(
        "Balance before the first trade of this file",
        min_value=0.0,
        value=None,
        step=1000.0,
        placeholder="its starting balance, if the file goes back to the start",
        help="The file has results of closed trades and no balance: every balance is counted "
        "from this one",
        key="file-start",
        width=520,
    )
    return {} if start is None else {"": round(float(start), 2)}


def remember(upload: Upload, preview: FilePreview) -> None:
    """Show what `upload` brought from the next drawing on, and ask for another file."""
    st.session_state[FILES_TAKEN] = st.session_state.get(FILES_TAKEN, 0) + 1
    st.session_state[ACCOUNTS_TAKEN] = [*preview.known, *preview.new_accounts]
    forget_file()
    st.query_params["upload"] = str(upload.id)


def brought(upload: Upload, ids: Mapping[str, UUID]) -> None:
    """What a file brought, and what to do next; `ids` are the desk's accounts by number."""
    if upload.undone_at is not None:
        st.info(f"{escape(upload.file_name)} was undone: nothing of it is left.")
        return
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
