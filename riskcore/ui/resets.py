"""Resets: what is left after the next reset if positions are held as they are."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st

from riskcore.domain.model import AccountRisk, AfterReset, GroupRiskEvaluation
from riskcore.domain.rules import KINDS
from riskcore.domain.status import Status, Thresholds
from riskcore.ui.words import called, escape, sentence

ALARM = ":material/notification_important:"


def status_after(after: AfterReset, thresholds: Thresholds) -> Status:
    """How worried to be once the reset has come."""
    if after.buffer < 0:
        return Status.VIOLATED
    if after.buffer_percent is None:
        return Status.SAFE
    if after.buffer_percent <= 100 * thresholds.critical_fraction:
        return Status.CRITICAL
    is_caution = after.buffer_percent <= 100 * thresholds.caution_fraction
    return Status.CAUTION if is_caution else Status.SAFE


def warning(member: AccountRisk, thresholds: Thresholds) -> str:
    """What the reset alone makes worse of an account, in words; empty where it does not."""
    after = member.after_reset
    if after is None:
        return ""
    then = status_after(after, thresholds)
    if then <= member.status:
        return ""
    title = KINDS[after.rule].title
    if then is Status.VIOLATED:
        return f"the reset alone breaks {title}"
    return f"the reset alone makes it {then.name} on {title}"


def draw_after_reset(
    evaluation: GroupRiskEvaluation, thresholds: Thresholds, names: Mapping[UUID, str]
) -> None:
    """What is left of each account after its next reset; the one with the least first."""
    known = [member for member in evaluation.members if member.after_reset is not None]
    if not known:
        return
    st.subheader("After the next reset", anchor=False)
    known.sort(key=lambda member: member.after_reset != evaluation.after_reset)
    st.markdown("\n".join(f"- {_line(member, thresholds, names)}" for member in known))


def _line(member: AccountRisk, thresholds: Thresholds, names: Mapping[UUID, str]) -> str:
    said = "" if member.after_reset is None else escape(sentence(member.after_reset.reason))
    return f"{called(member.account_id, names)}: {said} {_mark(warning(member, thresholds))}"


def _mark(warned: str) -> str:
    return f":orange-background[{ALARM} {escape(sentence(warned))}]" if warned else ""


def alarms(
    evaluation: GroupRiskEvaluation, thresholds: Thresholds, names: Mapping[UUID, str]
) -> list[str]:
    """For each account that the next reset alone makes worse: which, and how; Markdown."""
    return [
        f"{called(member.account_id, names)}: {_mark(said)}"
        for member in evaluation.members
        if (said := warning(member, thresholds))
    ]
