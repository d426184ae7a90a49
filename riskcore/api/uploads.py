"""Uploads: files of snapshots, what was taken of them and what was refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, TypeAlias

from fastapi import APIRouter, File, Form, Response, UploadFile
from starlette.exceptions import HTTPException

from riskcore.api import schemas
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.values import Id
from riskcore.ingest.columns import NEEDED
from riskcore.ingest.reading import ColumnMap, UnreadableFile, header_of, propose_columns
from riskcore.services import accounts, uploads
from riskcore.store.uploads import RefusedRow, Upload

UPLOADS = "/v1/uploads"
LARGEST_FILE = 25 * 1024 * 1024
SHOWN_REFUSALS = 1_000

router = APIRouter(prefix="/uploads", tags=["uploads"])

ColumnName: TypeAlias = Annotated[
    str | None, Form(max_length=200, description="Name of the column, else found by its name")
]


@router.post(
    "",
    status_code=201,
    response_model=schemas.UploadAnswer,
    responses=problems(400, 409, 413, 422),
)
def import_file(
    file: Annotated[UploadFile, File(description="CSV, at most 25 MiB")],
    desk: TheDesk,
    user_id: User,
    response: Response,
    account: ColumnName = None,
    taken_at: ColumnName = None,
    balance: ColumnName = None,
    equity: ColumnName = None,
    open_contracts: ColumnName = None,
    basis: ColumnName = None,
    time_zone: Annotated[str | None, Form(description="IANA zone of times that state none")] = None,
) -> schemas.UploadAnswer:
    """Take the snapshots of a file; accounts it names and nobody knows are made."""
    data = file_bytes(file)
    columns = chosen_columns(
        data,
        account=account,
        taken_at=taken_at,
        balance=balance,
        equity=equity,
        open_contracts=open_contracts,
        basis=basis,
    )
    preview = uploads.preview_file(
        desk, user_id, file.filename or "", data, columns=columns, time_zone=time_zone
    )
    upload = uploads.import_file(desk, user_id, preview)
    response.headers["Location"] = f"/api/v1/uploads/{upload.id}"
    made = {a.number: a for a in accounts.list_accounts(desk, user_id)}
    return schemas.UploadAnswer(
        **asdict(upload),
        refusals=shown(preview.reading.refusals),
        new_accounts=[
            schemas.NamedAccount(id=made[number].id, number=number)
            for number in preview.new_accounts
        ],
    )


@router.get("", response_model=schemas.Page[schemas.Upload], responses=problems(422))
def list_uploads(desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None) -> PageOf:
    """The files that were imported, the newest first."""
    return page(uploads.list_uploads(desk, user_id), place, limit, cursor)


@router.get("/{upload_id}", response_model=schemas.UploadDetail, responses=problems(404, 422))
def find_upload(upload_id: Id, desk: TheDesk, user_id: User) -> schemas.UploadDetail:
    """One import with its first 1,000 refusals."""
    upload, refusals = uploads.find_upload(desk, user_id, upload_id)
    return schemas.UploadDetail(**asdict(upload), refusals=shown(refusals))


def file_bytes(file: UploadFile) -> bytes:
    """What the file holds; refused over 25 MiB."""
    data = file.file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise HTTPException(413, "the file must have at most 25 MiB")
    return data


def chosen_columns(data: bytes, **chosen: str | None) -> ColumnMap | None:
    """The columns that were chosen, the others found by their name; None: none was chosen."""
    names = {field: name for field, name in chosen.items() if name}
    if not names:
        return None
    columns = propose_columns(header_of(data)) | names
    missing = [field for field in NEEDED if field not in columns]
    if missing:
        raise UnreadableFile(f"no column was found for {', '.join(missing)}: name it")
    return ColumnMap(**columns)


def shown(refusals: Sequence[RefusedRow]) -> list[schemas.Refusal]:
    """The first 1,000."""
    return [schemas.Refusal.model_validate(refusal) for refusal in refusals[:SHOWN_REFUSALS]]


def place(upload: Upload) -> Place:
    """Where an upload stands in the list: the newest first."""
    return -int(upload.created_at.timestamp() * 1_000_000), str(upload.id)
