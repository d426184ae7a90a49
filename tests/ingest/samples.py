"""The samples of data/samples/formats, each with what must come out of it beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from riskcore.domain.model import Basis
from riskcore.ingest.answers import Answers
from riskcore.ingest.reading import Reading, read_file
from riskcore.ingest.stamps import DateOrder

FOLDER = Path(__file__).resolve().parents[2] / "data" / "samples" / "formats"
EXPECTED = ".expected.json"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def samples() -> list[Path]:
    """Every sample, by name."""
    return sorted(path for path in FOLDER.iterdir() if not path.name.endswith(EXPECTED))


def expected(sample: Path) -> dict[str, Any]:
    """What must come out of a sample, and what has to be said for it."""
    told: dict[str, Any] = json.loads((FOLDER / (sample.name + EXPECTED)).read_text("utf-8"))
    return told


def answers_of(said: Mapping[str, Any]) -> Answers:
    """Answers as they are written beside a sample."""
    as_of, order = said.get("as_of"), said.get("date_order")
    start = said.get("starting_balance")
    return Answers(
        account=said.get("account"),
        as_of=None if as_of is None else datetime.fromisoformat(as_of),
        time_zone=said.get("time_zone"),
        date_order=None if order is None else DateOrder(order),
        decimal_mark=said.get("decimal_mark"),
        starting_balances={} if start is None else {"": start},
    )


def reading_of(data: bytes, said: Mapping[str, Any], file_name: str) -> Reading:
    """What is read from `data`, and that nothing of it was lost."""
    reading = read_file(data, now=NOW, answers=answers_of(said), file_name=file_name)
    assert reading.rows_read == len(reading.rows) + reading.refused + reading.duplicates
    assert {refusal.line for refusal in reading.refusals}.isdisjoint(reading.rows["line"])
    return reading


def outcome(data: bytes, said: Mapping[str, Any], file_name: str) -> dict[str, Any]:
    """A reading as it is written beside a sample."""
    reading = reading_of(data, said, file_name)
    return {
        "format": reading.format.name if reading.format else "snapshots",
        "rows_read": reading.rows_read,
        "duplicates": reading.duplicates,
        "snapshots": snapshots_of(reading),
        "refusals": [[one.line, one.column, one.value, one.reason] for one in reading.refusals],
        "questions": sorted(reading.questions),
        "flows": [[f.line, f.account, f.amount, f.words, f.is_implied] for f in reading.flows],
        "openings": dict(reading.openings),
        "left_out": dict(reading.left_out),
        "currency": reading.currency,
    }


def snapshots_of(reading: Reading) -> list[list[Any]]:
    """Line, account, instant, balance, equity and basis of each row."""
    words = [basis.value for basis in Basis]
    rows = reading.rows.to_dict("records")
    return [
        [
            row["line"],
            row["account"],
            row["taken_at"].isoformat(),
            row["balance"],
            row["equity"],
            words[row["basis"]],
        ]
        for row in rows
    ]
