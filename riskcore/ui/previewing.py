"""Previewing: what a file would bring, in words and tables, before anything changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from riskcore.domain.model import Basis
from riskcore.domain.reasons import instant_text
from riskcore.ingest.answers import Question
from riskcore.ingest.reading import Reading
from riskcore.ingest.reckoning import Flow
from riskcore.services.flows import kind_of
from riskcore.services.uploads import FilePreview
from riskcore.ui.tables import refusals_table, text_table
from riskcore.ui.words import BASES, counted, escape

ROWS_SHOWN = 5
FLOWS_SHOWN = 100
GAPS_SHOWN = 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ASKED = {
    Question.ACCOUNT: "the account of the file",
    Question.AS_OF: "when the file was exported",
    Question.TIME_ZONE: "the time zone of its times",
    Question.DATE_ORDER: "the order of its dates",
    Question.DECIMAL_MARK: "its decimal mark",
    Question.STARTING_BALANCE: "the balance before its first trade",
}


def show_preview(preview: FilePreview) -> None:
    """Everything a file would bring, refuse and change."""
    reading = preview.reading
    st.markdown(summary(preview))
    for sentence in _remarks(preview):
        st.caption(sentence)
    if preview.already is not None:
        st.info(
            f"This very file was imported as {escape(preview.already.file_name)} at "
            f"{instant_text(preview.already.created_at)}: importing it again changes nothing.",
            icon=":material/history:",
        )
    if reading.rows.empty and reading.questions:
        nothing_taken(reading)
        return
    refusals_table(reading.refusals)
    if preview.refused_rows:
        st.download_button(
            "Download the refused rows",
            preview.refused_rows.encode("utf-8-sig"),
            "refused.csv",
            "text/csv",
            icon=":material/download:",
            help="Correct them and upload that file: its last column is left alone",
        )
    if reading.rows.empty:
        nothing_taken(reading)
        return
    st.markdown("##### The first rows, as they were read", anchors=False)
    text_table(first_rows(reading), "The first rows of this file")


def summary(preview: FilePreview) -> str:
    """What can be taken from a file, in words; Markdown."""
    reading, foreseen = preview.reading, preview.foreseen
    accounts = len(preview.known) + len(preview.new_accounts)
    repeated = reading.duplicates + foreseen.duplicates
    known = ", of which the desk knows some already" if foreseen.duplicates else ""
    changed = f", {foreseen.corrected:,} change what the desk has" if foreseen.corrected else ""
    return (
        f"**{counted(reading.rows_read, 'row')} read: {foreseen.taken:,} can be taken, "
        f"{reading.refused:,} refused, {repeated:,} repeat another{known}{changed}.** "
        f"{_period(reading)} "
        f"{counted(accounts, 'account')}, {len(preview.new_accounts):,} of them new."
    )


def _period(reading: Reading) -> str:
    if reading.rows.empty:
        return ""
    taken_at = reading.rows["taken_at"]
    return f"From {instant_text(taken_at.min())} to {instant_text(taken_at.max())}:"


def _remarks(preview: FilePreview) -> list[str]:
    """What else to know of a file; Markdown."""
    reading, told = preview.reading, []
    if reading.format is not None:
        told.append(f"Recognised as **{escape(reading.format.title)}**. {reading.format.remark}")
    bases = {list(Basis)[code] for code in reading.rows["basis"].unique()} - {Basis.EQUITY}
    if bases:
        words = " and ".join(BASES[basis] for basis in sorted(bases))
        told.append(f"Buffers from this file rest on {words}: the true ones may be smaller.")
    if reading.left_out:
        lines = ", ".join(f"{count:,} {what}" for what, count in reading.left_out.items())
        told.append(f"Left alone, since they are no rows of this table: {lines}.")
    gaps = [
        f"{escape(gap.account)} from {instant_text(gap.after)} to {instant_text(gap.until)}"
        for gap in preview.gaps[:GAPS_SHOWN]
    ]
    if gaps:
        more = len(preview.gaps) - len(gaps)
        told.append(f"Nothing of {'; '.join(gaps)}{f' and {more} more' if more > 0 else ''}.")
    return told


def nothing_taken(reading: Reading) -> None:
    """What to do about a file of which nothing can be taken."""
    asked = " and ".join(ASKED[question] for question in sorted(reading.questions))
    hint = f" Say {asked} above." if asked else ""
    if reading.questions == {Question.TIME_ZONE}:
        hint = " If its times state no zone, choose theirs above."
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


def ask_flows(preview: FilePreview) -> Sequence[Flow]:
    """Show the cash flows of a file, and ask which are to be recorded as events."""
    flows = preview.reading.flows
    if not flows:
        return ()
    st.markdown("##### Money that came or went", anchors=False)
    text_table([_flow_row(flow) for flow in flows[:FLOWS_SHOWN]], "The cash flows of this file")
    named = [flow for flow in flows if not flow.is_implied]
    implied = [flow for flow in flows if flow.is_implied]
    chosen: list[Flow] = []
    if named and st.checkbox(
        f"Record the {counted(len(named), 'cash flow')} that rows name", True, key="flows-named"
    ):
        chosen += named
    if implied and st.checkbox(
        f"Record also {counted(len(implied), 'jump')} of a balance that no row explains",
        False,
        key="flows-implied",
        help="As deposits and withdrawals. Leave it out if they are profit, loss or fees",
    ):
        chosen += implied
    return chosen


def _flow_row(flow: Flow) -> Mapping[str, object]:
    return {
        "Line": flow.line,
        "Account": flow.account,
        "Time": instant_text(EPOCH + timedelta(microseconds=flow.instant_us)),
        "Amount": f"{flow.amount:,.2f}",
        "As": kind_of(flow).value,
        "The file says": flow.words or "nothing: the balance does not add up",
    }
