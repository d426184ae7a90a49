"""Uploads as JSON writes them: files taken in, previews and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from riskcore.api.shapes import Answer
from riskcore.api.values import Id, Instant
from riskcore.ingest.reckoning import Flow
from riskcore.services import accounts, jobs
from riskcore.services.desk import Desk
from riskcore.services.flows import kind_of
from riskcore.services.uploads import FilePreview
from riskcore.store.uploads import RefusedRow
from riskcore.store.uploads import Upload as Stored

SHOWN = 1_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Refusal(Answer):
    """A row that was not imported: where, what was found, and why.

    `line` counts from 1 in the file; `column` is "" when it is the whole row.
    """

    line: int
    column: str
    value: str
    reason: str


class Upload(Answer):
    """A file that was imported, and what became of its rows.

    rows_read = taken + refused + duplicates + corrected. `format` is what it was recognised
    as; `snapshots` is a table of snapshots by column.
    """

    id: Id
    user_id: str
    file_name: str
    digest: str
    rows_read: int
    taken: int
    refused: int
    duplicates: int
    corrected: int
    created_at: Instant
    format: str
    undone_at: Instant | None


class UploadDetail(Upload):
    """An upload with its first 1,000 refusals."""

    refusals: list[Refusal]


class NamedAccount(Answer):
    """An account by its id and its number."""

    id: Id
    number: str


class UploadAnswer(UploadDetail):
    """An upload with its first 1,000 refusals and the accounts it made."""

    new_accounts: list[NamedAccount]


class CashFlow(Answer):
    """Money that came or went; `is_implied`: no row says so, but the balance moved."""

    line: int
    account: str
    happened_at: Instant
    amount: float
    kind: str
    is_implied: bool


class DataGap(Answer):
    """A long time of which the file says nothing."""

    account: str
    after: Instant
    until: Instant


class NewAccount(Answer):
    """An account that would be made, and what it may be by its number: a proposal."""

    number: str
    first_balance: float | None
    firm: str | None
    presets: list[list[str]]


class Preview(Answer):
    """What a file would bring; nothing has changed.

    `questions` are the form fields that have to be stated before more can be taken;
    `left_out` counts the lines that are no rows.
    """

    file_name: str
    digest: str
    format: str
    rows_read: int
    taken: int
    refused: int
    duplicates: int
    corrected: int
    refusals: list[Refusal]
    known_accounts: list[NamedAccount]
    new_accounts: list[NewAccount]
    questions: list[str]
    flows: list[CashFlow]
    gaps: list[DataGap]
    left_out: dict[str, int]
    already_imported_as: Id | None


class Job(Answer):
    """A file that is read in the background.

    `fraction` is the share done, 0 to 1; `upload_id` once it is done, `detail` says why it
    was refused.
    """

    id: Id
    file_name: str
    state: Literal["waiting", "running", "done", "refused", "cancelled"]
    fraction: float
    upload_id: Id | None
    detail: str | None


def shown(refusals: Sequence[RefusedRow]) -> list[Refusal]:
    """The first 1,000."""
    return [Refusal.model_validate(refusal) for refusal in refusals[:SHOWN]]


def upload_answer(desk: Desk, user_id: str, upload: Stored, preview: FilePreview) -> UploadAnswer:
    """An upload as it has just been taken in."""
    made = {account.number: account for account in accounts.list_accounts(desk, user_id)}
    return UploadAnswer(
        **asdict(upload),
        refusals=shown(preview.reading.refusals),
        new_accounts=[
            NamedAccount(id=made[number].id, number=number)
            for number in preview.new_accounts
            if number in made
        ],
    )


def preview_body(preview: FilePreview) -> Preview:
    """What a file would bring."""
    reading, foreseen = preview.reading, preview.foreseen
    return Preview(
        file_name=preview.file_name,
        digest=preview.digest,
        format=reading.format.name if reading.format else "snapshots",
        rows_read=reading.rows_read,
        taken=foreseen.taken,
        refused=reading.refused,
        duplicates=reading.duplicates + foreseen.duplicates,
        corrected=foreseen.corrected,
        refusals=shown(reading.refusals),
        known_accounts=[NamedAccount(id=i, number=number) for number, i in preview.known.items()],
        new_accounts=[_new_account(preview, number) for number in preview.new_accounts],
        questions=sorted(QUESTION_FIELDS.get(one, one.value) for one in reading.questions),
        flows=[_flow(flow) for flow in reading.flows[:SHOWN]],
        gaps=[DataGap(account=g.account, after=g.after, until=g.until) for g in preview.gaps],
        left_out=dict(reading.left_out),
        already_imported_as=preview.already.id if preview.already else None,
    )


QUESTION_FIELDS: dict[Any, str] = {"account": "account_number"}


def _new_account(preview: FilePreview, number: str) -> NewAccount:
    guess = preview.guesses.get(number)
    return NewAccount(
        number=number,
        first_balance=preview.first_balances.get(number),
        firm=guess.firm if guess else None,
        presets=[list(preset) for preset in guess.presets] if guess else [],
    )


def _flow(flow: Flow) -> CashFlow:
    return CashFlow(
        line=flow.line,
        account=flow.account,
        happened_at=EPOCH + timedelta(microseconds=flow.instant_us),
        amount=flow.amount,
        kind=kind_of(flow).value,
        is_implied=flow.is_implied,
    )


def job_body(job: jobs.Job[Any]) -> Job:
    """Where a job stands."""
    upload_id: UUID | None = job.result.id if job.result is not None else None
    return Job(
        id=job.id,
        file_name=job.name,
        state=job.state.value,
        fraction=round(job.fraction, 4),
        upload_id=upload_id,
        detail=None if job.refusal is None else str(job.refusal),
    )
