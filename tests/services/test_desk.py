"""The verbs: what a person can do, what is refused, and what then still stands."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.model import AppliedPreset, Basis, Snapshot
from riskcore.domain.rules import rule_from
from riskcore.domain.status import Status
from riskcore.services import accounts, groups, history, risk, snapshots, uploads
from riskcore.services.desk import open_desk
from riskcore.services.groups import GroupDraft
from tests.services.conftest import MONDAY

USER = "local"


def snapshot(account, minutes, equity, balance=100_000.0):
    """A snapshot so many minutes before MONDAY 15:00 UTC."""
    return Snapshot(
        account_id=account.id,
        taken_at=MONDAY - timedelta(minutes=minutes),
        balance=balance,
        equity=equity,
    )


@pytest.fixture
def pair(desk, draft):
    """Two accounts in one group."""
    made = [accounts.make_account(desk, USER, draft(number)) for number in ("7741", "7742")]
    ids = tuple(account.id for account in made)
    return (*made, groups.make_group(desk, USER, GroupDraft(name="Pair", account_ids=ids)))


def test_a_posted_snapshot_decides_the_group_at_once(desk, pair):
    """7741 at 95,312.40 under a daily floor of 95,000; 7742 flat."""
    first, second, group = pair
    posted = [snapshot(first, 1, 95_312.40), snapshot(second, 1, 100_000.0)]
    assert snapshots.record_snapshots(desk, USER, posted).taken == 2
    answer = risk.evaluate_group(desk, USER, group.id)
    assert answer.overall_status is Status.CRITICAL
    assert answer.weakest_account_id == first.id
    assert answer.buffer == 312.40
    assert answer.rule_states["max_loss"].buffer == 5_312.40


def test_the_same_snapshot_twice_changes_nothing(desk, pair):
    first, _, group = pair
    snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 97_000.0)])
    before = risk.evaluate_group(desk, USER, group.id)
    again = snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 97_000.0)])
    assert (again.taken, again.duplicates, again.corrected) == (0, 1, 0)
    assert risk.evaluate_group(desk, USER, group.id).same_answer(before)


def test_a_late_snapshot_that_broke_a_rule_violates_the_account_today(desk, pair):
    """14:59 is safe; then 14:30 arrives late and was under the floor."""
    first, _, group = pair
    snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 99_000.0)])
    snapshots.record_snapshots(desk, USER, [snapshot(first, 30, 94_999.99)])
    assert risk.evaluate_group(desk, USER, group.id).overall_status is Status.VIOLATED


def test_a_corrected_snapshot_takes_its_violation_back(desk, pair):
    """The feed said 49,000 and corrects itself to 99,000 for the same instant."""
    first, _, _ = pair
    snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 49_000.0)])
    assert risk.evaluate_account(desk, USER, first.id).status is Status.VIOLATED
    recorded = snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 99_000.0)])
    assert recorded.corrected == 1
    assert risk.evaluate_account(desk, USER, first.id).status is Status.SAFE


def test_the_order_in_which_snapshots_arrive_never_matters(tmp_path, draft, clock):
    """A hundred snapshots over three days, posted in three different orders."""
    generator = random.Random(7741)
    path = [round(100_000 + generator.uniform(-6_000, 6_000), 2) for _ in range(100)]
    answers = []
    for order in range(3):
        desk = open_desk(tmp_path / f"{order}.duckdb", clock)
        account = accounts.make_account(desk, USER, draft("7741"))
        posted = [snapshot(account, 43 * i, equity, equity) for i, equity in enumerate(path)]
        random.Random(order).shuffle(posted)
        for start in range(0, len(posted), 7):
            snapshots.record_snapshots(desk, USER, posted[start : start + 7])
        answer = risk.evaluate_account(desk, USER, account.id)
        answers.append(
            [(s.buffer, s.status, s.violated_at, s.reason) for s in answer.rule_states.values()]
        )
        desk.close()
    assert answers[0] == answers[1] == answers[2]


def test_a_desk_opened_again_gives_the_same_answers(tmp_path, draft, clock):
    desk = open_desk(tmp_path / "desk.duckdb", clock)
    account = accounts.make_account(desk, USER, draft("7741"))
    group = groups.make_group(desk, USER, GroupDraft(name="One", account_ids=(account.id,)))
    snapshots.record_snapshots(desk, USER, [snapshot(account, 5, 94_000.0)])
    snapshots.record_snapshots(desk, USER, [snapshot(account, 1, 99_000.0)])
    before = risk.evaluate_group(desk, USER, group.id)
    desk.close()
    again = open_desk(tmp_path / "desk.duckdb", clock)
    assert risk.evaluate_group(again, USER, group.id) == before
    again.close()


def test_an_account_grows_unknown_at_the_second_its_data_is_too_old(desk, draft, clock):
    """stale_after 5 minutes: known at 4:59, unknown at 5:00."""
    account = accounts.make_account(desk, USER, draft("7741", stale_after=timedelta(minutes=5)))
    snapshots.record_snapshots(desk, USER, [snapshot(account, 0, 99_000.0)])
    clock.now = MONDAY + timedelta(minutes=4, seconds=59)
    assert risk.evaluate_account(desk, USER, account.id).status is Status.SAFE
    clock.now = MONDAY + timedelta(minutes=5)
    assert risk.evaluate_account(desk, USER, account.id).status is Status.UNKNOWN


def test_a_closed_market_makes_no_account_unknown(desk, draft, clock):
    """Seen on Friday at 16:58 New York; CME futures trade again on Sunday at 18:00."""
    clock.now = datetime.fromisoformat("2026-03-13T16:58:00-04:00")
    said = draft("7741", stale_after=timedelta(minutes=5), market_hours="cme_futures")
    account = accounts.make_account(desk, USER, said)
    held = Snapshot(account_id=account.id, taken_at=clock.now, balance=99_000.0, equity=99_000.0)
    snapshots.record_snapshots(desk, USER, [held])
    clock.now = datetime.fromisoformat("2026-03-15T18:02:59-04:00")
    assert risk.evaluate_account(desk, USER, account.id).status is Status.SAFE
    clock.now += timedelta(seconds=1)
    assert risk.evaluate_account(desk, USER, account.id).status is Status.UNKNOWN


def test_an_account_draft_says_the_hours_of_the_account_it_was_made_from(desk, draft):
    said = draft("7741", market_hours="Mon-Tue 09:30-16:00")
    account = accounts.make_account(desk, USER, said)
    again = accounts.draft_of(account)
    assert again.market_hours == "Mon 09:30-Mon 16:00, Tue 09:30-Tue 16:00"
    assert accounts.change_account(desk, USER, account.id, again).market_hours == (
        account.market_hours
    )


def test_as_of_the_last_data_an_old_upload_is_a_picture_and_not_unknown(desk, pair, clock):
    first, second, group = pair
    posted = [snapshot(first, 1, 99_000.0), snapshot(second, 2, 99_500.0)]
    snapshots.record_snapshots(desk, USER, posted)
    clock.now = MONDAY + timedelta(days=30)
    assert risk.evaluate_group(desk, USER, group.id).overall_status is Status.UNKNOWN
    picture = risk.evaluate_group(desk, USER, group.id, as_of_last=True)
    assert picture.overall_status is Status.SAFE
    assert picture.as_of == MONDAY - timedelta(minutes=1)


def test_the_reset_judges_a_loss_held_over_it_with_no_new_snapshot(desk, draft, clock):
    """FTMO's midnight: 4,000 closed profit, 13,000 open loss; inside at 23:59, under at 00:00.

    No snapshot has shown it yet, so it is critical; the first one after midnight decides.
    """
    clock.now = datetime.fromisoformat("2026-11-02T23:59:00+00:00")
    account = accounts.make_account(
        desk, USER, draft("1", starting_balance=200_000.0, stale_after=timedelta(hours=1))
    )
    held = Snapshot(account_id=account.id, taken_at=clock.now, balance=204_000.0, equity=191_000.0)
    snapshots.record_snapshots(desk, USER, [held])
    daily = risk.evaluate_account(desk, USER, account.id).rule_states["daily_loss"]
    assert daily.buffer == 191_000 - (200_000 - 10_000)
    clock.now += timedelta(minutes=1)
    daily = risk.evaluate_account(desk, USER, account.id).rule_states["daily_loss"]
    assert daily.buffer == 191_000 - (204_000 - 10_000)
    assert daily.status is Status.CRITICAL
    snapshots.record_snapshots(desk, USER, [replace(held, taken_at=clock.now)])
    daily = risk.evaluate_account(desk, USER, account.id).rule_states["daily_loss"]
    assert daily.status is Status.VIOLATED


@pytest.mark.parametrize(
    ("field", "value"),
    [("equity", float("nan")), ("balance", float("inf")), ("equity", 1.005), ("balance", 1e14)],
)
def test_money_that_is_none_is_refused_and_nothing_is_stored(desk, pair, field, value):
    first, _, _ = pair
    wrong = {"equity": 99_000.0, "balance": 99_000.0} | {field: value}
    bad = Snapshot(account_id=first.id, taken_at=MONDAY, **wrong)
    with pytest.raises(InvalidValue, match=field):
        snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 99_000.0), bad])
    assert risk.evaluate_account(desk, USER, first.id).taken_at is None


def test_open_contracts_decide_a_position_limit(desk, draft):
    """At most 3 contracts: unknown while nobody says, safe under 3, broken over it."""
    rules = (rule_from("position_limit", {"most_contracts": 3}),)
    account = accounts.make_account(desk, USER, draft("7741", rules=rules))
    flat = snapshot(account, 3, 100_000.0)
    expected = [(None, Status.UNKNOWN), (2.99, Status.SAFE), (3.01, Status.VIOLATED)]
    for minutes, (count, status) in zip((3, 2, 1), expected, strict=True):
        taken_at = MONDAY - timedelta(minutes=minutes)
        seen = replace(flat, taken_at=taken_at, open_contracts=count)
        snapshots.record_snapshots(desk, USER, [seen])
        assert risk.evaluate_account(desk, USER, account.id).status is status


def test_corrected_contracts_take_a_violation_back(desk, draft):
    rules = (rule_from("position_limit", {"most_contracts": 3}),)
    account = accounts.make_account(desk, USER, draft("7741", rules=rules))
    wrong = replace(snapshot(account, 1, 100_000.0), open_contracts=30.0)
    snapshots.record_snapshots(desk, USER, [wrong])
    assert risk.evaluate_account(desk, USER, account.id).status is Status.VIOLATED
    corrected = snapshots.record_snapshots(desk, USER, [replace(wrong, open_contracts=2.0)])
    assert corrected.corrected == 1
    assert risk.evaluate_account(desk, USER, account.id).status is Status.SAFE


@pytest.mark.parametrize("basis", Basis)
def test_what_the_equity_rests_on_is_said_and_coarse_data_reads_at_most(desk, pair, basis):
    first, _, _ = pair
    snapshots.record_snapshots(desk, USER, [replace(snapshot(first, 1, 99_000.0), basis=basis)])
    state = risk.evaluate_account(desk, USER, first.id).rule_states["max_loss"]
    assert state.basis is basis
    assert state.is_upper_bound is (basis is not Basis.EQUITY)


@pytest.mark.parametrize("count", [-1.0, 1e11, float("nan"), float("inf"), 0.00001])
def test_contracts_that_are_none_are_refused_and_nothing_is_stored(desk, pair, count):
    first, _, _ = pair
    bad = replace(snapshot(first, 1, 99_000.0), open_contracts=count)
    with pytest.raises(InvalidValue, match="open_contracts must"):
        snapshots.record_snapshots(desk, USER, [snapshot(first, 2, 99_000.0), bad])
    assert risk.evaluate_account(desk, USER, first.id).taken_at is None


@pytest.mark.parametrize(("ahead", "is_taken"), [(300, True), (301, False)])
def test_a_time_more_than_five_minutes_ahead_is_refused(desk, pair, ahead, is_taken):
    first, _, _ = pair
    future = snapshot(first, -ahead / 60, 99_000.0)
    if is_taken:
        assert snapshots.record_snapshots(desk, USER, [future]).taken == 1
    else:
        with pytest.raises(InvalidValue, match="future"):
            snapshots.record_snapshots(desk, USER, [future])


def test_a_snapshot_of_an_account_nobody_has_is_missing(desk, pair):
    first, _, _ = pair
    stranger = Snapshot(account_id=UUID(int=7), taken_at=MONDAY, balance=1.0, equity=1.0)
    with pytest.raises(Missing):
        snapshots.record_snapshots(desk, USER, [snapshot(first, 1, 99_000.0), stranger])
    assert risk.evaluate_account(desk, USER, first.id).taken_at is None


def test_somebody_elses_account_and_group_are_missing(desk, pair, draft):
    first, _, group = pair
    with pytest.raises(Missing):
        risk.evaluate_group(desk, "somebody else", group.id)
    with pytest.raises(Missing):
        accounts.change_account(desk, "somebody else", first.id, draft("1"))
    with pytest.raises(Missing):
        groups.make_group(desk, "somebody else", GroupDraft(name="Mine", account_ids=(first.id,)))


def test_what_the_present_state_forbids_is_a_conflict(desk, pair, draft):
    first, second, group = pair
    with pytest.raises(Conflict, match="7741"):
        accounts.make_account(desk, USER, draft("7741"))
    with pytest.raises(Conflict, match="Pair"):
        groups.make_group(desk, USER, GroupDraft(name="PAIR"))
    with pytest.raises(Conflict, match="already"):
        groups.add_member(desk, USER, group.id, first.id)
    with pytest.raises(Conflict, match="Pair"):
        accounts.delete_account(desk, USER, second.id)


def test_a_deleted_account_and_group_are_gone(desk, pair):
    first, _, group = pair
    groups.remove_member(desk, USER, group.id, first.id)
    accounts.delete_account(desk, USER, first.id)
    with pytest.raises(Missing):
        risk.evaluate_account(desk, USER, first.id)
    groups.delete_group(desk, USER, group.id)
    assert risk.evaluate_groups(desk, USER) == []


def test_changing_a_rule_judges_the_whole_history_anew(desk, pair, draft):
    """A day at 94,000 breaks 5 %; under 8 % it never did."""
    first, _, _ = pair
    posted = [snapshot(first, 9, 94_000.0), snapshot(first, 1, 99_000.0)]
    snapshots.record_snapshots(desk, USER, posted)
    assert risk.evaluate_account(desk, USER, first.id).status is Status.VIOLATED
    looser = tuple(
        type(rule)(limit_percent=8.0 if rule.kind == "daily_loss" else 10.0) for rule in first.rules
    )
    accounts.change_account(desk, USER, first.id, draft("7741", rules=looser))
    assert risk.evaluate_account(desk, USER, first.id).status is Status.SAFE


CSV = b"""account,time,balance,equity
7741,2026-11-02T14:00:00Z,100000,96000
7741,not a time,100000,96000
0099,2026-11-02T14:00:00Z,50000,50000
0099,2026-11-02T14:00:00Z,50000,50000
"""


def test_a_file_brings_its_rows_and_its_new_accounts_and_says_what_it_refused(desk, pair):
    first, _, _ = pair
    preview = uploads.preview_file(desk, USER, "monday.csv", CSV)
    assert preview.new_accounts == ("0099",)
    assert risk.evaluate_account(desk, USER, first.id).taken_at is None
    upload = uploads.import_file(desk, USER, preview)
    assert (upload.rows_read, upload.taken, upload.refused, upload.duplicates) == (4, 2, 1, 1)
    (_, refusals) = uploads.find_upload(desk, USER, upload.id)
    assert [(r.line, r.column, r.value) for r in refusals] == [(3, "time", "not a time")]
    assert risk.evaluate_account(desk, USER, first.id).equity == 96_000.0
    new = next(a for a in accounts.list_accounts(desk, USER) if a.number == "0099")
    assert risk.evaluate_account(desk, USER, new.id).reason == "has no rules to judge it by"


def test_a_file_brings_contracts_and_basis_where_it_has_them(desk, draft):
    rules = (
        rule_from("max_loss", {"limit_amount": 10_000}),
        rule_from("position_limit", {"most_contracts": 3}),
    )
    account = accounts.make_account(desk, USER, draft("7741", rules=rules))
    rows = b"7741,2026-11-02T14:00:00Z,100000,96000,2.5,closed_balance\n"
    text = b"account,time,balance,equity,open_contracts,basis\n" + rows + b"7741,x,1,1,-1,eod\n"
    preview = uploads.preview_file(desk, USER, "monday.csv", text)
    upload = uploads.import_file(desk, USER, preview)
    (_, refusals) = uploads.find_upload(desk, USER, upload.id)
    assert {r.column for r in refusals} == {"time", "open_contracts", "basis"}
    states = risk.evaluate_account(desk, USER, account.id).rule_states
    assert states["position_limit"].measured == 2.5
    assert states["max_loss"].basis is Basis.CLOSED_BALANCE


def test_the_preset_an_account_was_given_is_remembered_and_can_be_taken_away(desk, draft):
    preset = AppliedPreset(name=" acme-express ", size="50K", checked_on=MONDAY.date())
    account = accounts.make_account(desk, USER, draft("7741", preset=preset))
    assert account.preset == replace(preset, name="acme-express")
    assert accounts.find_account(desk, USER, account.id) == account
    changed = accounts.change_account(desk, USER, account.id, draft("7741"))
    assert changed.preset is None
    with pytest.raises(InvalidValue, match="preset size must have 1 to 80 characters"):
        accounts.make_account(desk, USER, draft("7742", preset=replace(preset, size=" ")))


def test_the_same_file_again_is_recognised_and_changes_nothing(desk, pair):
    preview = uploads.preview_file(desk, USER, "monday.csv", CSV)
    uploads.import_file(desk, USER, preview)
    with pytest.raises(Conflict, match="already imported"):
        uploads.import_file(desk, USER, uploads.preview_file(desk, USER, "copy.csv", CSV))
    assert len(uploads.list_uploads(desk, USER)) == 1


def test_history_names_who_held_the_minimum_and_each_days_low(desk, pair):
    """7741 holds it at 14:00 with 96,000; from 14:30 on 7742 with 95,500."""
    first, second, group = pair
    posted = [
        snapshot(first, 60, 96_000.0),
        snapshot(second, 60, 99_000.0),
        snapshot(second, 30, 95_500.0),
    ]
    snapshots.record_snapshots(desk, USER, posted)
    seen = history.group_history(desk, USER, group.id, MONDAY - timedelta(hours=2), MONDAY)
    daily = seen.minima[seen.minima["rule"] == "daily_loss"]
    before = daily[daily["time"] < MONDAY - timedelta(minutes=30)]
    after = daily[daily["time"] >= MONDAY - timedelta(minutes=30)]
    assert set(zip(before["buffer"], before["account_id"], strict=True)) == {
        (1_000.0, str(first.id))
    }
    assert set(zip(after["buffer"], after["account_id"], strict=True)) == {(500.0, str(second.id))}
    low = seen.day_lows[seen.day_lows["rule"] == "daily_loss"].iloc[0]
    assert (low["buffer"], low["account_id"]) == (500.0, str(second.id))
    with pytest.raises(InvalidValue, match="end"):
        history.group_history(desk, USER, group.id, MONDAY, MONDAY)
