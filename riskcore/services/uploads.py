"""Uploads: look at a file, take it in, and take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid4

import pandas as pd

from riskcore.domain.model import Account, clean_name
from riskcore.ingest.answers import ASKED, NOTHING_SAID, Answers, Question
from riskcore.ingest.gaps import DataGap, data_gaps
from riskcore.ingest.reading import Reading, read_file
from riskcore.ingest.reckoning import Flow
from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.refused import refused_rows
from riskcore.ingest.watching import Watch, nobody
from riskcore.services.accounts import AccountDraft, drafted, list_accounts
from riskcore.services.desk import Desk
from riskcore.services.flows import events_of
from riskcore.services.guesses import Guess, guess_of
from riskcore.services.mappings import mapping_of, remembered
from riskcore.store import uploads as stored
from riskcore.store.batches import Recorded
from riskcore.store.foresight import foresee, select_balance_before
from riskcore.store.undo import undo_upload as take_back
from riskcore.store.uploads import Brought, StoredRefusal
from riskcore.store.uploads import Upload as Upload

ROWS_DERIVED_AT_ONCE = 250_000


@dataclass(frozen=True, kw_only=True)
class FilePreview:
    """What taking in a file would do; nothing has changed yet.

    `known`: the accounts of the file that are on the desk, as written → id; `new_accounts`
    the others, as written. `foreseen`: what would become of the rows. `answers`: what was
    said or remembered of the file. `already`: the upload that brought these very bytes.
    """

    file_name: str
    digest: str
    data: bytes
    reading: Reading
    answers: Answers
    known: Mapping[str, UUID]
    new_accounts: tuple[str, ...]
    foreseen: Recorded
    already: Upload | None

    @cached_property
    def gaps(self) -> list[DataGap]:
        """Long times of which the file says nothing."""
        return data_gaps(self.reading.rows)

    @cached_property
    def refused_rows(self) -> str:
        """The refused rows as a CSV to correct and send again; "" when there are none."""
        return refused_rows(self.reading)

    @cached_property
    def first_balances(self) -> Mapping[str, float]:
        """What each account had before the first row of the file, or in it."""
        ordered = self.reading.rows.sort_values("taken_at")
        first = ordered.groupby("account", sort=False)["balance"].first()
        known = {str(number): float(balance) for number, balance in first.items()}
        return known | dict(self.reading.openings)

    @cached_property
    def guesses(self) -> Mapping[str, Guess]:
        """What the new accounts may be, as far as their numbers tell."""
        found = {
            number: guess_of(number, self.first_balances.get(number))
            for number in self.new_accounts
        }
        return {number: guess for number, guess in found.items() if guess is not None}


def preview_file(
    desk: Desk,
    user_id: str,
    file_name: str,
    data: bytes,
    answers: Answers = NOTHING_SAID,
    watch: Watch = nobody,
) -> FilePreview:
    """Read a file and say what it holds; raises UnreadableFile.

    Where `answers` say nothing, what was said of a file with the same header holds, and an
    account's own last balance for one that needs the balance before its first trade.
    """
    accounts = {account.number: account for account in list_accounts(desk, user_id)}
    answers = remembered(desk, user_id, data, answers)
    now = desk.clock()
    reading = read_file(data, now=now, answers=answers, file_name=file_name, watch=watch)
    if Question.STARTING_BALANCE in reading.questions:
        answers = _with_known_balances(desk, user_id, reading, answers, accounts)
        reading = read_file(data, now=now, answers=answers, file_name=file_name, watch=watch)
    written = [str(name) for name in reading.rows["account"].unique()]
    known = {name: accounts[name].id for name in written if name in accounts}
    digest = hashlib.sha256(data).hexdigest()
    return FilePreview(
        file_name=clean_name(file_name[-80:], "file name"),
        digest=digest,
        data=data,
        reading=reading,
        answers=answers,
        known=known,
        new_accounts=tuple(name for name in written if name not in accounts),
        foreseen=_foreseen(desk, user_id, reading.rows, known),
        already=stored.select_by_digest(desk.database, user_id, digest),
    )


def _with_known_balances(
    desk: Desk,
    user_id: str,
    reading: Reading,
    answers: Answers,
    accounts: Mapping[str, Account],
) -> Answers:
    """`answers` with the last balance of each known account before the file's first trade."""
    found: dict[str, float] = {}
    for number, first in reading.trades_from.items():
        if number in accounts and answers.starting_balance(number) is None:
            account = accounts[number]
            before = select_balance_before(desk.database, user_id, account.id, first)
            balance = account.starting_balance if before is None else before
            if balance is not None:
                found[number] = balance
    return replace(answers, starting_balances={**answers.starting_balances, **found})


def _foreseen(desk: Desk, user_id: str, rows: pd.DataFrame, known: Mapping[str, UUID]) -> Recorded:
    is_known = rows["account"].isin(list(known))
    judged = foresee(desk.database, user_id, _rows(rows[is_known], known))
    return replace(judged, taken=judged.taken + int((~is_known).sum()))


def import_file(
    desk: Desk,
    user_id: str,
    preview: FilePreview,
    new_accounts: Sequence[AccountDraft] = (),
    flows: Sequence[Flow] | None = None,
) -> Upload:
    """Take in what `preview` shows, in one transaction.

    New accounts are made as drafted, or with nothing but their number. `flows` become
    events of their accounts; None: those that rows of the file name. Raises Conflict when
    the same file was taken in before, UnreadableFile where nothing can be taken until a
    question is answered.
    """
    _check_answered(preview.reading)
    now = desk.clock()
    drafts = {draft.number: draft for draft in new_accounts}
    made = [
        drafted(drafts.get(number, _plain_draft(preview, number)), user_id, now)
        for number in preview.new_accounts
    ]
    ids = {**preview.known, **{account.number: account.id for account in made}}
    told = [flow for flow in preview.reading.flows if not flow.is_implied]
    events = events_of(desk, user_id, told if flows is None else flows, ids, preview.file_name)
    rows = _rows(preview.reading.rows, ids)
    brought = Brought(
        accounts=made,
        events=events,
        refusals=preview.reading.refusals,
        refused_file=preview.refused_rows,
        mapping=mapping_of(preview.data, preview.answers),
    )
    upload = stored.import_upload(desk.database, _upload(preview, user_id, now), rows, brought)
    derived = {account.id for account in made} | {event.account_id for event in events}
    for portion in _portions(derived, rows["account_id"].value_counts()):
        _put_on_board(desk, user_id, portion)
    others = [str(i) for i in preview.known.values() if i not in derived]
    desk.board.record(rows[rows["account_id"].isin(others)])
    desk.ticker.notice()
    return upload


def _check_answered(reading: Reading) -> None:
    """Raise UnreadableFile for an export of which nothing is known until a question is answered."""
    if reading.rows.empty and reading.questions and reading.format is not None:
        asked = "; ".join(ASKED[question] for question in sorted(reading.questions))
        raise UnreadableFile(
            f"the file is an export of {reading.format.title} and does not say: {asked}"
        )


def _plain_draft(preview: FilePreview, number: str) -> AccountDraft:
    """An account as far as its file tells: its number, its currency and its firm."""
    guess = preview.guesses.get(number)
    return AccountDraft(
        number=number,
        firm=guess.firm if guess else "",
        currency=preview.reading.currency or "USD",
    )


def _rows(read: pd.DataFrame, ids: Mapping[str, UUID]) -> pd.DataFrame:
    codes, names = pd.factorize(read["account"])
    account_ids = pd.Index([str(ids[str(name)]) for name in names], dtype=object)
    values = read[["taken_at", "balance", "equity", "open_contracts", "basis"]]
    return values.assign(account_id=pd.Categorical.from_codes(codes, categories=account_ids))


def _portions(account_ids: Collection[UUID], rows: pd.Series) -> Iterator[set[UUID]]:
    """Accounts in portions of not too many `rows` (by id), to be derived one after the other."""
    portion: set[UUID] = set()
    size = 0
    for account_id in account_ids:
        portion.add(account_id)
        size += int(rows.get(str(account_id), 0))
        if size >= ROWS_DERIVED_AT_ONCE:
            yield portion
            portion, size = set(), 0
    if portion:
        yield portion


def _put_on_board(desk: Desk, user_id: str, account_ids: set[UUID]) -> None:
    with desk.board.held():
        found = list_accounts(desk, user_id)
        desk.board.put_accounts([account for account in found if account.id in account_ids])


def _upload(preview: FilePreview, user_id: str, now: datetime) -> Upload:
    reading = preview.reading
    return Upload(
        id=uuid4(),
        user_id=user_id,
        file_name=preview.file_name,
        digest=preview.digest,
        rows_read=reading.rows_read,
        taken=len(reading.rows),
        refused=reading.refused,
        duplicates=reading.duplicates,
        corrected=0,
        created_at=now,
        format=reading.format.name if reading.format else "snapshots",
    )


def undo_upload(desk: Desk, user_id: str, upload_id: UUID) -> Upload:
    """Take back what an upload brought; the board and the history are derived anew.

    An account it made goes too, unless somebody has changed it since, put it in a group or
    sent more of it. Raises Missing, or Conflict when it was undone before.
    """
    undone = take_back(desk.database, user_id, upload_id, desk.clock())
    for account_id in undone.deleted:
        desk.board.drop_account(account_id)
    _put_on_board(desk, user_id, set(undone.changed))
    desk.ticker.notice()
    return find_upload(desk, user_id, upload_id)[0]


def list_uploads(desk: Desk, user_id: str) -> list[Upload]:
    """The owner's uploads, newest first."""
    return stored.select_uploads(desk.database, user_id)


def find_upload(desk: Desk, user_id: str, upload_id: UUID) -> tuple[Upload, list[StoredRefusal]]:
    """The owner's upload and its refused rows; raises Missing."""
    return stored.select_upload(desk.database, user_id, upload_id)


def refused_file(desk: Desk, user_id: str, upload_id: UUID) -> str:
    """The refused rows of an upload as a CSV to correct and send again; raises Missing."""
    return stored.select_refused_file(desk.database, user_id, upload_id)
