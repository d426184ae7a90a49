"""Ages: how old the data behind an answer is, counting up in the browser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import streamlit as st

from riskcore.domain.model import Basis, GroupRiskEvaluation, RuleState
from riskcore.domain.reasons import instant_text
from riskcore.domain.rules.base import Unit
from riskcore.ui.markup import age, text
from riskcore.ui.words import basis_words

TOGETHER = timedelta(seconds=5)
"""Snapshots no further apart than this have one age, that of the oldest."""


def draw_note(html: str) -> None:
    """A small line under the numbers it is about."""
    st.html(f'<p class="wl-note">{html}</p>')


def data_age(evaluation: GroupRiskEvaluation) -> str:
    """How old the data of a group is, from its newest to its oldest snapshot; HTML."""
    newest, oldest = evaluation.latest_taken_at, evaluation.oldest_taken_at
    if oldest is None:
        return "No data yet"
    if is_together(evaluation):
        return f"Data from {age(oldest)}"
    return f"Newest data from {age(newest)}, oldest from {age(oldest)}"


def is_together(evaluation: GroupRiskEvaluation) -> bool:
    """Whether one age says it all, that of the oldest snapshot; without any it does."""
    newest, oldest = evaluation.latest_taken_at, evaluation.oldest_taken_at
    return newest is None or oldest is None or newest - oldest < TOGETHER


def as_of_text(evaluation: GroupRiskEvaluation) -> str:
    """Of which instant an answer speaks; HTML."""
    if evaluation.as_of == evaluation.timestamp:
        return "As of now"
    return f"As of {instant_text(evaluation.as_of)}, the last data: {age(evaluation.as_of)}"


def data_behind(state: RuleState, evaluation: GroupRiskEvaluation) -> str:
    """How old the data behind a rule's answer is, and what it rests on; HTML."""
    oldest = min(_deciding_instants(state, evaluation), default=None)
    if oldest is None:
        return "No data yet"
    if state.unit is not Unit.MONEY and state.basis is Basis.EQUITY:
        return f"Data from {age(oldest)}"
    return f"Data from {age(oldest)}, {text(basis_words(state.basis))}"


def _deciding_instants(state: RuleState, evaluation: GroupRiskEvaluation) -> Iterable[datetime]:
    deciding = {state.buffer_account_id, state.percent_account_id, state.status_account_id}
    for member in evaluation.members:
        if member.account_id in deciding and member.taken_at is not None:
            yield member.taken_at
