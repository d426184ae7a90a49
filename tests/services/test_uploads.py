"""Uploads: board and history agree after each, also once it is taken back."""

from __future__ import annotations

from uuid import UUID

import pytest

from riskcore.domain.events import EventKind
from riskcore.domain.rules.max_loss import MaxLoss
from riskcore.ingest.answers import Answers
from riskcore.services import uploads
from riskcore.services.accounts import AccountDraft, list_accounts
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.guesses import guess_of
from riskcore.services.risk import evaluate_account
from riskcore.services.uploads import FilePreview, import_file, preview_file, undo_upload
from riskcore.store.snapshots import select_snapshots

HEADER = "account,time,balance,equity\n"
CASH = "Account,Transaction ID,Timestamp,Date,Delta,Amount,Cash Change Type,Currency,Contract\n"


def previewed(desk: Desk, text: str, **said: object) -> FilePreview:
    return preview_file(desk, LOCAL_USER, "file.csv", text.encode(), Answers(**said))  # type: ignore[arg-type]


def taken(desk: Desk, text: str, **said: object) -> UUID:
    preview = previewed(desk, text, **said)
    drafts = [
        AccountDraft(number=number, starting_balance=50_000, rules=(MaxLoss(limit_amount=2_000),))
        for number in preview.new_accounts
    ]
    return import_file(desk, LOCAL_USER, preview, drafts).id


def rows(minutes: range, equity: int, account: str = "A") -> str:
    return "".join(f"{account},2026-02-02T10:{m:02d}Z,50000,{equity + m}\n" for m in minutes)


def check_board(desk: Desk) -> None:
    """The board says what it would say were it made anew from what is stored."""
    accounts = list_accounts(desk, LOCAL_USER)
    said = [evaluate_account(desk, LOCAL_USER, account.id) for account in accounts]
    desk.board.put_accounts(accounts)
    anew = [evaluate_account(desk, LOCAL_USER, account.id) for account in accounts]
    assert [(r.equity, r.status, r.rule_states) for r in said] == [
        (r.equity, r.status, r.rule_states) for r in anew
    ]


@pytest.mark.parametrize("portion", [1, 250_000])
def test_board_and_history_agree_after_uploads_and_after_each_is_taken_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    monkeypatch.setattr(uploads, "ROWS_DERIVED_AT_ONCE", portion)
    first = taken(desk, HEADER + rows(range(10, 20), 48_500) + rows(range(5), 49_000, "B"))
    second = taken(desk, HEADER + rows(range(5, 15), 47_000))
    check_board(desk)
    (a, b) = list_accounts(desk, LOCAL_USER)
    state = evaluate_account(desk, LOCAL_USER, a.id).rule_states["max_loss"]
    assert state.measured == 48_519
    undo_upload(desk, LOCAL_USER, second)
    check_board(desk)
    stored = select_snapshots(desk.database, LOCAL_USER, [a.id, b.id])
    assert sorted(stored["equity"]) == [
        *range(48_510, 48_520),
        *range(49_000, 49_005),
    ]
    undo_upload(desk, LOCAL_USER, first)
    assert list_accounts(desk, LOCAL_USER) == []


def test_overlapping_exports_are_merged(desk: Desk) -> None:
    lines = [
        f"A,{n},02/02/2026 10:{n:02d}:00,2026-02-02,-1.00,{100 - n}.00, Trade Paired,USD,\n"
        for n in range(1, 9)
    ]
    taken(desk, CASH + "".join(lines[:5]), time_zone="UTC")
    preview = previewed(desk, CASH + "".join(lines[3:]), time_zone="UTC")
    assert (preview.foreseen.taken, preview.foreseen.duplicates) == (3, 2)
    upload = import_file(desk, LOCAL_USER, preview)
    assert (upload.taken, upload.duplicates, upload.corrected) == (3, 2, 0)
    assert upload.rows_read == upload.taken + upload.duplicates


def test_a_cash_flow_is_recorded_once_and_goes_with_its_upload(desk: Desk) -> None:
    one = "A,1,02/02/2026 10:00:00,2026-02-02,-1.00,50000.00, Trade Paired,USD,\n"
    two = "A,2,02/02/2026 10:05:00,2026-02-02,-500.00,49500.00, Payout,USD,\n"
    three = "A,3,02/02/2026 10:06:00,2026-02-02,-1.00,49499.00, Trade Paired,USD,\n"
    upload = taken(desk, CASH + one + two, time_zone="UTC")
    taken(desk, CASH + two + three, time_zone="UTC")
    [account] = list_accounts(desk, LOCAL_USER)
    assert [(e.kind, e.amount) for e in account.events] == [(EventKind.PAYOUT, 500.0)]
    undo_upload(desk, LOCAL_USER, upload)
    [account] = list_accounts(desk, LOCAL_USER)
    assert account.events == ()


def test_an_upload_of_the_same_bytes_is_foreseen(desk: Desk) -> None:
    upload = taken(desk, HEADER + rows(range(3), 49_000))
    again = previewed(desk, HEADER + rows(range(3), 49_000))
    assert again.already is not None
    assert again.already.id == upload
    undo_upload(desk, LOCAL_USER, upload)
    assert previewed(desk, HEADER + rows(range(3), 49_000)).already is None


def test_a_refused_row_comes_back_with_its_reason(desk: Desk) -> None:
    preview = previewed(desk, HEADER + "A,2026-02-02T10:00Z,1,x\nA,2026-02-02T10:01Z,1,1\n")
    lines = preview.refused_rows.splitlines()
    assert lines[0] == "account,time,balance,equity,why refused"
    assert lines[1].startswith("A,2026-02-02T10:00Z,1,x,line 2: equity: is not an amount")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("number", "balance", "firm", "preset"),
    [
        ("TPT12345", 50_000.0, "Take Profit Trader", ("take-profit-trader-test", "50K")),
        ("50KTC-0017", 50_000.0, "Topstep", ("topstep-trading-combine", "50K")),
        ("PAAPEX1234560000001", 25_000.0, "Apex Trader Funding", ("apex-eod-performance", "25K")),
        ("LFE0098", 12_345.0, "Lucid Trading", None),
    ],
)
def test_a_number_and_a_balance_may_tell_firm_and_preset(
    number: str, balance: float, firm: str, preset: tuple[str, str] | None
) -> None:
    guess = guess_of(number, balance)
    assert guess is not None
    assert guess.firm == firm
    assert preset in guess.presets if preset else not guess.presets


def test_a_number_that_tells_nothing_is_not_guessed_at() -> None:
    assert guess_of("51234567", 50_000.0) is None
