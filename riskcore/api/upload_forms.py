"""Upload forms: a file as it is sent, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal, TypeAlias

from fastapi import Depends, File, Form, UploadFile
from starlette.exceptions import HTTPException

from riskcore.api.values import Instant
from riskcore.domain.errors import InvalidValue
from riskcore.ingest.answers import Answers
from riskcore.ingest.columns import NEEDED, ColumnMap, propose_columns
from riskcore.ingest.money_cells import cents
from riskcore.ingest.reading import Reading, UnreadableFile, header_of
from riskcore.ingest.reckoning import Flow
from riskcore.ingest.refusals import BadCell
from riskcore.ingest.stamps import DateOrder
from riskcore.ingest.watching import Watch, nobody
from riskcore.services import uploads
from riskcore.services.desk import Desk

LARGEST_FILE = 100 * 1024 * 1024

ColumnName: TypeAlias = Annotated[
    str | None, Form(max_length=200, description="Name of the column, else found by its name")
]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file with what was said of it; `flows` says which cash flows become events."""

    file_name: str
    data: bytes
    answers: Answers
    flows: str

    def flows_of(self, reading: Reading) -> Sequence[Flow]:
        """The cash flows of a reading that are to become events."""
        if self.flows == "none":
            return ()
        return [flow for flow in reading.flows if self.flows == "all" or not flow.is_implied]


def stated_of_file(
    time_zone: Annotated[str | None, Form(description="IANA zone of times that state none")] = None,
    account_number: Annotated[
        str | None, Form(max_length=80, description="The account of a file that does not say it")
    ] = None,
    as_of: Annotated[Instant | None, Form(description="When a file without times was made")] = None,
    date_order: Annotated[DateOrder | None, Form(description="Where dates tell neither")] = None,
    decimal_mark: Annotated[Literal[".", ","] | None, Form()] = None,
    starting_balance: Annotated[
        str | None, Form(max_length=40, description="What was there before the first trade")
    ] = None,
) -> Answers:
    """What is stated of a whole file."""
    return Answers(
        account=account_number or None,
        as_of=as_of,
        time_zone=time_zone,
        date_order=date_order,
        decimal_mark=decimal_mark,
        starting_balances=stated_balances(starting_balance),
    )


def sent_file(
    file: Annotated[UploadFile, File(description="CSV, XLSX or HTML, at most 100 MiB")],
    stated: Annotated[Answers, Depends(stated_of_file)],
    account: ColumnName = None,
    taken_at: ColumnName = None,
    balance: ColumnName = None,
    equity: ColumnName = None,
    open_contracts: ColumnName = None,
    basis: ColumnName = None,
    flows: Annotated[
        Literal["named", "all", "none"],
        Form(description="Which cash flows become events: those that rows name, or also implied"),
    ] = "named",
) -> Sent:
    """The file and what is said of it."""
    data = file_bytes(file)
    columns = chosen_columns(
        data,
        stated={"account": stated.account, "taken_at": stated.as_of},
        account=account,
        taken_at=taken_at,
        balance=balance,
        equity=equity,
        open_contracts=open_contracts,
        basis=basis,
    )
    return Sent(file.filename or "", data, replace(stated, columns=columns), flows)


SentFile: TypeAlias = Annotated[Sent, Depends(sent_file)]


def read_sent(
    desk: Desk, user_id: str, sent: Sent, watch: Watch | None = None
) -> uploads.FilePreview:
    """What taking in the file would do; raises UnreadableFile."""
    return uploads.preview_file(
        desk, user_id, sent.file_name, sent.data, sent.answers, watch or nobody
    )


def stated_balances(text: str | None) -> dict[str, float]:
    """One amount for every account of a file, as a person writes it; raises InvalidValue."""
    if text is None:
        return {}
    try:
        return {"": cents(text) / 100}
    except BadCell as error:
        raise InvalidValue("starting_balance", str(error), repr(text)) from error


def file_bytes(file: UploadFile) -> bytes:
    """What the file holds; refused over 100 MiB."""
    data = file.file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise HTTPException(413, "the file must have at most 100 MiB")
    return data


def chosen_columns(
    data: bytes, *, stated: dict[str, object], **chosen: str | None
) -> ColumnMap | None:
    """The columns that were chosen, the others found by their name; None: none was chosen.

    One column for both balance and equity means that the file has closed balances only.
    """
    names: dict[str, str | None] = {field: name for field, name in chosen.items() if name}
    if not names:
        return None
    columns = {"account": None, "taken_at": None} | propose_columns(header_of(data)) | names
    missing = [f for f in NEEDED if columns.get(f) is None and stated.get(f) is None]
    if missing:
        raise UnreadableFile(f"no column was found for {', '.join(missing)}: name it")
    if columns["equity"] == columns["balance"]:
        columns["equity"] = None
    return ColumnMap(**columns)  # type: ignore[arg-type]
