"""Typing rows: snapshots typed or pasted, read like a file."""

from __future__ import annotations

import csv
import io

import pandas as pd
import streamlit as st

from riskcore.ui.uploading import FILES_TAKEN

NAME = "typed.csv"
COLUMNS = {"account": "Account", "time": "Time", "balance": "Balance", "equity": "Equity"}
READ = "typed-read"


def ask_rows() -> tuple[str, bytes] | None:
    """Ask for rows; a name and what a file of them would hold, None while there are none."""
    with st.expander("No file? Type or paste rows", icon=":material/edit:"):
        st.caption(
            "One row for each account and time, such as 7741, 2026-11-12 14:03 UTC, 50120.00, "
            "50087.50. Rows copied from a spreadsheet can be pasted into the first cell."
        )
        edited = st.data_editor(
            pd.DataFrame({name: pd.Series([""], dtype="str") for name in COLUMNS}),
            num_rows="dynamic",
            hide_index=True,
            column_config={
                name: st.column_config.TextColumn(label) for name, label in COLUMNS.items()
            },
            key=f"typed-rows-{st.session_state.get(FILES_TAKEN, 0)}",
            alt="Rows to type: account, time, balance and equity",
        )
        if st.button("Read these rows", icon=":material/visibility:"):
            st.session_state[READ] = st.session_state.get(FILES_TAKEN, 0)
    data = _as_file(edited)
    if data is None or st.session_state.get(READ) != st.session_state.get(FILES_TAKEN, 0):
        return None
    return NAME, data


def _as_file(rows: pd.DataFrame) -> bytes | None:
    """The rows as a CSV of snapshots; None without any."""
    said = [
        [str(cell).strip() for cell in row]
        for row in rows.fillna("").to_numpy(dtype=object).tolist()
        if any(str(cell).strip() for cell in row)
    ]
    if not said:
        return None
    out = io.StringIO()
    csv.writer(out).writerows([list(COLUMNS), *said])
    return out.getvalue().encode()
