"""Reading a file: in the background where it is large, with its progress and a way to stop it."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import streamlit as st

from riskcore.ingest.answers import Answers
from riskcore.services.desk import Desk
from riskcore.services.jobs import Job, start_job
from riskcore.services.uploads import FilePreview, preview_file

AT_ONCE = 1_000_000  # bytes
LOOK_AGAIN_SECONDS = 0.4
KEPT = "file-read"

Kept: TypeAlias = tuple[str, Job[FilePreview]]


def preview_of(
    desk: Desk, user_id: str, name: str, data: bytes, answers: Answers
) -> FilePreview | None:
    """What a file holds; None while it is read, or after that was called off.

    Read once for each way of reading it: drawing the page again costs nothing. Raises what
    refuses it.
    """
    key = hashlib.sha256(repr((name, len(data), hash(data), answers)).encode()).hexdigest()
    kept: Kept | None = st.session_state.get(KEPT)
    if kept is None or kept[0] != key:
        if kept is not None:
            kept[1].cancel()
        job = start_job(
            user_id, name, lambda watch: preview_file(desk, user_id, name, data, answers, watch)
        )
        kept = st.session_state[KEPT] = (key, job)
    job = kept[1]
    if not job.is_over and len(data) <= AT_ONCE:
        with st.spinner("Reading the file …"):
            job.wait()
    if not job.is_over:
        _progress(job)
        return None
    if job.refusal is not None:
        raise job.refusal
    return job.result


def forget_file() -> None:
    """Let go of the file that was read last."""
    st.session_state.pop(KEPT, None)


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _progress(job: Job[FilePreview]) -> None:
    """How far the reading is; once it is over, the page is drawn anew."""
    if job.is_over:
        st.rerun()
    st.progress(job.fraction, f"Reading the file: {job.fraction:.0%}")
    if st.button("Cancel", icon=":material/close:"):
        job.cancel()
