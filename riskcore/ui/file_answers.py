"""File answers: what a person is asked of a file, only where it does not say so itself."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from riskcore.ingest.answers import NOTHING_SAID, Answers, Question
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.reading import is_export
from riskcore.services.desk import Desk
from riskcore.services.mappings import remembered
from riskcore.services.uploads import FilePreview
from riskcore.ui.uploading import (
    ask_columns,
    ask_file_zone,
    ask_mark,
    ask_order,
    ask_start,
    ask_whole_file,
)

ASKED = "file-asked"


def ask_answers(desk: Desk, user_id: str, file_name: str, data: bytes) -> Answers | None:
    """Ask what is open so far in a file; None until its columns are clear.

    What only reading it shows is asked from the next drawing on: see `ask_more`. Raises
    UnreadableFile.
    """
    asked = _asked(file_name, data)
    known = remembered(desk, user_id, data, NOTHING_SAID)
    columns: ColumnMap | None = None
    if not is_export(data) or known.columns is not None:
        columns = ask_columns(data, known.columns)
        if columns is None:
            return None
        asked = asked | _unsaid(columns) | {Question.TIME_ZONE}
    answers = replace(known, columns=columns)
    if Question.TIME_ZONE in asked or known.time_zone is not None:
        answers = replace(answers, time_zone=ask_file_zone(known.time_zone))
    number, as_of = ask_whole_file(
        file_name, account=Question.ACCOUNT in asked, as_of=Question.AS_OF in asked
    )
    answers = replace(answers, account=number, as_of=as_of)
    if Question.DATE_ORDER in asked:
        answers = replace(answers, date_order=ask_order() or known.date_order)
    if Question.DECIMAL_MARK in asked:
        answers = replace(answers, decimal_mark=ask_mark() or known.decimal_mark)
    if Question.STARTING_BALANCE in asked:
        answers = replace(answers, starting_balances=ask_start())
    missing = {
        field: value
        for field, value in (("account", number), ("taken_at", as_of))
        if columns is not None and getattr(columns, field) is None and value is None
    }
    return None if missing else answers


def _unsaid(columns: ColumnMap) -> frozenset[Question]:
    """What has to be said for a whole file that has no column of it."""
    found = {Question.ACCOUNT: columns.account, Question.AS_OF: columns.taken_at}
    return frozenset(question for question, name in found.items() if name is None)


def ask_more(preview: FilePreview) -> None:
    """Draw the page anew where reading the file has shown something more to ask."""
    asked = _asked(preview.file_name, preview.data)
    if preview.reading.questions - asked:
        st.session_state[ASKED] = (
            _key(preview.file_name, preview.data),
            asked | preview.reading.questions,
        )
        st.rerun()


def _key(file_name: str, data: bytes) -> tuple[str, int, int]:
    return file_name[-80:].strip(), len(data), hash(data)


def _asked(file_name: str, data: bytes) -> frozenset[Question]:
    """What is asked of this file so far."""
    kept = st.session_state.get(ASKED)
    if kept is None or kept[0] != _key(file_name, data):
        return frozenset()
    asked: frozenset[Question] = kept[1]
    return asked
