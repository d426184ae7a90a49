"""Uploads: files of any known kind, what was taken of them and what was refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from riskcore.api import upload_bodies as bodies
from riskcore.api.identity import TheDesk, User
from riskcore.api.paging import Cursor, Limit, PageOf, Place, page
from riskcore.api.problems import problems
from riskcore.api.schemas import Page
from riskcore.api.shapes import Answer
from riskcore.api.upload_forms import LARGEST_FILE as LARGEST_FILE
from riskcore.api.upload_forms import SentFile, read_sent
from riskcore.api.values import Id
from riskcore.ingest.watching import Watch
from riskcore.services import jobs, uploads
from riskcore.services.desk import Desk
from riskcore.store.uploads import Upload

UPLOADS = "/v1/uploads"

router = APIRouter(prefix="/uploads", tags=["uploads"])


@router.post(
    "",
    status_code=201,
    response_model=bodies.UploadAnswer,
    responses={
        200: {"model": bodies.Preview, "description": "What it would do (preview)"},
        202: {"model": bodies.Job, "description": "It is read in the background (wait=false)"},
        **problems(400, 409, 413, 422),
    },
)
def import_file(
    sent: SentFile,
    desk: TheDesk,
    user_id: User,
    response: Response,
    preview: Annotated[bool, Query(description="Say what it would do, and change nothing")] = False,
    wait: Annotated[bool, Query(description="false: answer at once with a job")] = True,
) -> Any:
    """Take the snapshots of a file; accounts it names and nobody knows are made."""
    if preview:
        return _answer(bodies.preview_body(read_sent(desk, user_id, sent)), 200)
    if wait:
        answer = _import(desk, user_id, sent)
        response.headers["Location"] = f"/api/v1/uploads/{answer.id}"
        return answer
    job = jobs.start_job(user_id, sent.file_name, lambda watch: _import(desk, user_id, sent, watch))
    jobs.list_job(job)
    return _answer(bodies.job_body(job), 202, f"/api/v1/uploads/jobs/{job.id}")


def _answer(body: Answer, status: int, location: str | None = None) -> Response:
    """An answer that is none of an upload."""
    headers = {"Location": location} if location else None
    return JSONResponse(body.model_dump(mode="json"), status_code=status, headers=headers)


def _import(
    desk: Desk, user_id: str, sent: SentFile, watch: Watch | None = None
) -> bodies.UploadAnswer:
    preview = read_sent(desk, user_id, sent, watch)
    if watch is not None:
        watch(1.0)
    upload = uploads.import_file(desk, user_id, preview, flows=sent.flows_of(preview.reading))
    return bodies.upload_answer(desk, user_id, upload, preview)


@router.get("/jobs/{job_id}", response_model=bodies.Job, responses=problems(404, 422))
def find_job(job_id: Id, user_id: User) -> bodies.Job:
    """How far a file is that is read in the background, and its upload once it is done."""
    return bodies.job_body(jobs.find_job(user_id, job_id))


@router.delete("/jobs/{job_id}", response_model=bodies.Job, responses=problems(404, 422))
def cancel_job(job_id: Id, user_id: User) -> bodies.Job:
    """Ask for an end. Once it is being stored, it goes on: undo the upload then."""
    job = jobs.find_job(user_id, job_id)
    job.cancel()
    return bodies.job_body(job)


@router.get("", response_model=Page[bodies.Upload], responses=problems(422))
def list_uploads(desk: TheDesk, user_id: User, limit: Limit = 100, cursor: Cursor = None) -> PageOf:
    """The files that were imported, the newest first."""
    return page(uploads.list_uploads(desk, user_id), place, limit, cursor)


@router.get("/{upload_id}", response_model=bodies.UploadDetail, responses=problems(404, 422))
def find_upload(upload_id: Id, desk: TheDesk, user_id: User) -> bodies.UploadDetail:
    """One import with its first 1,000 refusals."""
    upload, refusals = uploads.find_upload(desk, user_id, upload_id)
    return bodies.UploadDetail(**asdict(upload), refusals=bodies.shown(refusals))


@router.delete("/{upload_id}", response_model=bodies.Upload, responses=problems(404, 409, 422))
def undo_upload(upload_id: Id, desk: TheDesk, user_id: User) -> Any:
    """Take back everything an import brought; what it replaced is there again."""
    return uploads.undo_upload(desk, user_id, upload_id)


@router.get(
    "/{upload_id}/refused",
    response_class=Response,
    responses={
        200: {
            "content": {"text/csv": {"schema": {"type": "string"}}},
            "description": "The refused rows as a CSV",
        },
        **problems(404, 422),
    },
)
def refused_rows(upload_id: Id, desk: TheDesk, user_id: User) -> Response:
    """The refused rows of an import, to be corrected and sent again."""
    return _csv(uploads.refused_file(desk, user_id, upload_id), upload_id)


def _csv(content: str, upload_id: UUID) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="refused-{upload_id}.csv"'}
    return Response(content.encode("utf-8-sig"), media_type="text/csv", headers=headers)


def place(upload: Upload) -> Place:
    """Where an upload stands in the list: the newest first."""
    return -int(upload.created_at.timestamp() * 1_000_000), str(upload.id)
