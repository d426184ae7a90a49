"""Mappings: what a person said of a file holds for the next with the same header."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from riskcore.ingest.answers import Answers
from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.format import plain_names
from riskcore.ingest.reading import header_of
from riskcore.ingest.stamps import DateOrder
from riskcore.services.desk import Desk
from riskcore.store import mappings as stored


def remembered(desk: Desk, user_id: str, data: bytes, answers: Answers) -> Answers:
    """`answers`, and where they say nothing, what was said of a file with this header.

    Raises UnreadableFile.
    """
    found = stored.select_mapping(desk.database, user_id, header_digest(header_of(data)))
    if found is None:
        return answers
    told = json.loads(found)
    columns = ColumnMap(**told["columns"]) if told["columns"] else None
    order = DateOrder(told["date_order"]) if told["date_order"] else None
    return replace(
        answers,
        columns=answers.columns or columns,
        time_zone=answers.time_zone or told["time_zone"],
        date_order=answers.date_order or order,
        decimal_mark=answers.decimal_mark or told["decimal_mark"],
    )


def mapping_of(data: bytes, answers: Answers) -> tuple[str, str] | None:
    """The digest of a file's header and what was said of it; None when nothing was."""
    said = (answers.columns, answers.time_zone, answers.date_order, answers.decimal_mark)
    if not any(said):
        return None
    mapping = {
        "columns": None if answers.columns is None else asdict(answers.columns),
        "time_zone": answers.time_zone,
        "date_order": answers.date_order,
        "decimal_mark": answers.decimal_mark,
    }
    return header_digest(header_of(data)), json.dumps(mapping)


def header_digest(header: list[str]) -> str:
    """What two files with the same header share."""
    return hashlib.sha256("\x1f".join(plain_names(header)).encode()).hexdigest()
