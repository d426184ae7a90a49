"""Importing from the command line: files, or a folder that is watched, into the desk."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from time import sleep
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener
from uuid import uuid4

from riskcore.domain.errors import RiskError, StoreUnavailable
from riskcore.ingest.answers import Answers
from riskcore.ingest.money_cells import cents
from riskcore.ingest.refusals import BadCell, Refusal
from riskcore.ingest.stamps import DateOrder
from riskcore.services.desk import LOCAL_USER, Desk, database_path, open_desk
from riskcore.services.uploads import import_file, preview_file

LOOK_AGAIN_SECONDS = 2.0
REFUSALS_SHOWN = 20
SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".htm", ".html"}
FROM_FILE = "file"
"""Said in place of a time: when the file was last written."""


class Door(Protocol):
    """Takes a file in, and says what became of it."""

    def take(self, path: Path, said: Mapping[str, str]) -> Mapping[str, Any]:
        """The upload, as the API writes it; raises RiskError when it is refused."""


class OwnDesk:
    """The database itself, while no desk has it open."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def take(self, path: Path, said: Mapping[str, str]) -> Mapping[str, Any]:
        """See `Door`."""
        answers = answers_of(said)
        preview = preview_file(self._desk, LOCAL_USER, path.name, path.read_bytes(), answers)
        flows = preview.reading.flows
        chosen = [f for f in flows if said["flows"] == "all" or not f.is_implied]
        upload = import_file(
            self._desk, LOCAL_USER, preview, flows=() if said["flows"] == "none" else chosen
        )
        counts = ("format", "rows_read", "taken", "refused", "duplicates", "corrected")
        return {name: getattr(upload, name) for name in counts} | {
            "refusals": [as_told(refusal) for refusal in preview.reading.refusals]
        }


def as_told(refusal: Refusal) -> Mapping[str, Any]:
    """A refusal as the API writes it."""
    return {name: getattr(refusal, name) for name in ("line", "column", "value", "reason")}


class RunningDesk:
    """A desk that is running, over REST."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/uploads"
        self._opener = build_opener(ProxyHandler({}))

    def take(self, path: Path, said: Mapping[str, str]) -> Mapping[str, Any]:
        """See `Door`."""
        boundary = uuid4().hex
        body = form_body(boundary, said, path.name, path.read_bytes())
        kind = f"multipart/form-data; boundary={boundary}"
        request = Request(self._url, body, {"Content-Type": kind}, method="POST")  # noqa: S310
        try:
            with self._opener.open(request) as answer:
                told: Mapping[str, Any] = json.load(answer)
        except HTTPError as error:
            raise RiskError(_detail(error)) from error
        except (OSError, HTTPException, ValueError) as error:
            raise StoreUnavailable(f"the desk at {self._url} does not answer: {error}") from error
        return told


def _detail(error: HTTPError) -> str:
    """The sentence of a problem."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"the desk answered {error.code}"


def form_body(boundary: str, fields: Mapping[str, str], file_name: str, data: bytes) -> bytes:
    """A multipart form with a file in it."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    plain = file_name.replace('"', "'").replace("\r", " ").replace("\n", " ")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n\r\n'
    )
    return "".join([*parts, head]).encode() + data + f"\r\n--{boundary}--\r\n".encode()


def answers_of(said: Mapping[str, str]) -> Answers:
    """What was said on the command line, as the API's fields."""
    start, as_of = said.get("starting_balance"), said.get("as_of")
    order = said.get("date_order")
    return Answers(
        account=said.get("account_number"),
        as_of=None if as_of is None else datetime.fromisoformat(as_of),
        time_zone=said.get("time_zone"),
        date_order=None if order is None else DateOrder(order),
        decimal_mark=said.get("decimal_mark"),
        starting_balances={} if start is None else {"": cents(start) / 100},
    )


def run_import(chosen: Namespace) -> int:
    """0 when every row was taken or known, 1 when something was refused."""
    with _door(chosen.desk) as door:
        if chosen.watch:
            return _watch(door, chosen)
        return max(_take(door, path, chosen) for path in chosen.files)


@contextmanager
def _door(url: str | None) -> Iterator[Door]:
    """The running desk at `url`, or the database where none is given."""
    if url is not None:
        yield RunningDesk(url)
        return
    try:
        desk = open_desk(database_path())
    except StoreUnavailable as error:
        raise StoreUnavailable(
            f"{error}; if a desk is running, send files to it: --desk http://localhost:8501"
        ) from error
    with closing(desk):
        yield OwnDesk(desk)


def _take(door: Door, path: Path, chosen: Namespace) -> int:
    """Take one file in and print what became of it."""
    try:
        told = door.take(path, _said(path, chosen))
    except StoreUnavailable:
        raise
    except (RiskError, OSError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    print(
        f"{path} ({told['format'].replace('_', ' ')}): {told['rows_read']:,} rows read, "
        f"{told['taken']:,} taken, {told['refused']:,} refused, "
        f"{told['duplicates']:,} known already, {told['corrected']:,} in place of older values"
    )
    for refusal in told["refusals"][:REFUSALS_SHOWN]:
        column = f" {refusal['column']}:" if refusal["column"] else ""
        print(f"  line {refusal['line']}:{column} {refusal['value']!r} {refusal['reason']}")
    return 1 if told["refused"] else 0


def _said(path: Path, chosen: Namespace) -> dict[str, str]:
    """What was said of a file, as the API's fields."""
    as_of = chosen.as_of
    if as_of == FROM_FILE:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        as_of = written.isoformat(timespec="seconds")
    said = {
        "account_number": chosen.account,
        "time_zone": chosen.zone,
        "as_of": as_of,
        "date_order": chosen.date_order,
        "decimal_mark": chosen.decimal_mark,
        "starting_balance": chosen.starting_balance,
        "flows": chosen.flows,
    }
    return {name: value for name, value in said.items() if value is not None}


def _watch(door: Door, chosen: Namespace) -> int:
    """Take in every file that comes into the folders, once it is written; until Ctrl-C."""
    seen: dict[Path, tuple[int, int]] = {}
    taken: set[tuple[Path, tuple[int, int]]] = set()
    print(f"watching {', '.join(map(str, chosen.files))}; Ctrl-C ends it", flush=True)
    try:
        while True:
            for path, state in files_in(chosen.files):
                if seen.get(path) == state and (path, state) not in taken:
                    taken.add((path, state))
                    _take(door, path, chosen)
                    sys.stdout.flush()
                seen[path] = state
            sleep(LOOK_AGAIN_SECONDS)
    except KeyboardInterrupt:
        return 0


def files_in(folders: Sequence[Path]) -> Iterator[tuple[Path, tuple[int, int]]]:
    """The files of some folders that may be exports, with what tells whether they changed."""
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else [folder]:
            if path.suffix.lower() in SUFFIXES and path.is_file():
                state = path.stat()
                yield path, (state.st_mtime_ns, state.st_size)


def amount(text: str) -> str:
    """`text`, if it is an amount; for the argument parser."""
    try:
        cents(text)
    except BadCell as error:
        raise ArgumentTypeError(f"{text!r} {error}") from error
    return text


def instant(text: str) -> str:
    """`text`, if it is an instant with its zone, or `file`; for the argument parser."""
    if text == FROM_FILE:
        return text
    try:
        stated = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a time such as 2026-03-02T14:30:00Z") from error
    if stated.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} has no zone: end with Z or an offset")
    return text
