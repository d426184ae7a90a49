"""Exports: what the desk holds, as files to take away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from riskcore.api.identity import TheDesk, User
from riskcore.api.problems import problems
from riskcore.api.values import Id, Instant
from riskcore.services.exports import Table, export_table
from riskcore.services.table_files import MEDIA_TYPES, FileKind, table_file

router = APIRouter(prefix="/exports", tags=["exports"])

FILES: dict[str, Any] = {
    media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES.values()
}


@router.get(
    "/{table}",
    response_class=Response,
    responses={200: {"content": FILES, "description": "The table"}, **problems(404, 422)},
)
def export(
    table: Table,
    desk: TheDesk,
    user_id: User,
    format: Annotated[FileKind, Query(description="How it is written")] = FileKind.CSV,  # noqa: A002
    group_id: Annotated[Id | None, Query(description="Of one group only")] = None,
    start: Annotated[Instant | None, Query(description="Snapshots and history: from")] = None,
    end: Annotated[Instant | None, Query(description="Snapshots and history: to")] = None,
) -> Response:
    """Groups, evaluations, history or snapshots as CSV, Parquet or XLSX."""
    first: datetime | None = start
    content = table_file(export_table(desk, user_id, table, group_id, first, end), format)
    headers = {
        "Content-Disposition": f'attachment; filename="{table}.{format}"',
        "Content-Type": MEDIA_TYPES[format],
    }
    return Response(content, headers=headers)
