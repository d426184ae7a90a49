"""Undoing: an upload is taken back whole; its refused rows are given back."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from riskcore.domain.reasons import instant_text
from riskcore.services.desk import Desk
from riskcore.services.uploads import Upload, refused_file, undo_upload
from riskcore.ui.confirm import confirmed
from riskcore.ui.door import attempt

CONSEQUENCE = """\
The snapshots and cash flows of this file go, and so do the accounts it made, unless they were \
changed since, are in a group or have other snapshots. Values it replaced are there again."""


def offer_undo(desk: Desk, user_id: str, uploads: Sequence[Upload]) -> None:
    """Let an upload be chosen and taken back."""
    standing = {upload.id: upload for upload in uploads if upload.undone_at is None}
    if not standing:
        return
    with st.expander("Take an upload back", icon=":material/undo:"):
        chosen = st.selectbox(
            "Upload",
            list(standing),
            format_func=lambda one: _called(standing[one]),
            key="undo-upload",
            width=520,
        )
        if confirmed("Undo", CONSEQUENCE, "undo", "Yes, take it back", ":material/undo:"):
            attempt(
                lambda: undo_upload(desk, user_id, chosen),
                f"{standing[chosen].file_name} is undone",
            )


def _called(upload: Upload) -> str:
    return f"{upload.file_name}, {instant_text(upload.created_at)}"


def offer_refused_rows(desk: Desk, user_id: str, upload: Upload) -> None:
    """Give back the refused rows of an upload, to be corrected and sent again."""
    if not upload.refused or upload.undone_at is not None:
        return
    st.download_button(
        "Download the refused rows",
        refused_file(desk, user_id, upload.id).encode("utf-8-sig"),
        "refused.csv",
        "text/csv",
        icon=":material/download:",
        help="Correct them and upload that file: its last column is left alone",
    )
