"""Exporting: the words for what can be taken away, and how."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import streamlit as st

from riskcore.services.exports import Table
from riskcore.services.table_files import FileKind

TABLES: Mapping[Table, str] = {
    Table.SNAPSHOTS: "Snapshots: balance and equity of each account",
    Table.EVALUATIONS: "Evaluations: how each group stands now, rule by rule",
    Table.HISTORY: "History: the smallest buffers over the last year",
    Table.GROUPS: "Groups and who is in them",
}
KINDS: Mapping[FileKind, str] = {
    FileKind.CSV: "CSV",
    FileKind.XLSX: "XLSX, for a spreadsheet",
    FileKind.PARQUET: "Parquet, for a program",
}


WHOLE_DESK = "the whole desk"


def ask_export(groups: Mapping[UUID, str]) -> tuple[Table, UUID | None, FileKind]:
    """Ask what is to be taken away, of which group (None: of all), and how it is written."""
    tables, kinds = {name: t for t, name in TABLES.items()}, {n: k for k, n in KINDS.items()}
    named = {WHOLE_DESK: None} | {f"{name} ({i})": i for i, name in groups.items()}
    with st.grid(3, min_column_width=220):
        table = st.selectbox("What", list(tables), key="table")
        group = st.selectbox("Of", list(named), key="of")
        kind = st.selectbox("As", list(kinds), key="as")
    return tables[table], named[group], kinds[kind]


def file_name(table: Table, kind: FileKind, now: datetime) -> str:
    """What a download is called: `snapshots-2026-11-12.csv`."""
    return f"{table}-{now:%Y-%m-%d}.{kind}"
