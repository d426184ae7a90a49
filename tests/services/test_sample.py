"""The sample desk tells the same story whenever it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from riskcore.domain.errors import Conflict, InvalidValue
from riskcore.domain.model import Snapshot
from riskcore.ingest.reading import read_csv
from riskcore.services import sample
from riskcore.services.accounts import AccountDraft, delete_account, list_accounts, make_account
from riskcore.services.desk import LOCAL_USER, Desk, open_desk
from riskcore.services.groups import GroupDraft, delete_group, list_groups, make_group
from riskcore.services.risk import evaluate_account, evaluate_group
from riskcore.services.sample import SAMPLES, load_sample_desk, read_sample

DAY = timedelta(days=1)

MOMENTS = [
    pytest.param(datetime(2026, 1, 1, 0, 0, tzinfo=UTC), id="new year"),
    pytest.param(datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), id="before US clocks go forward"),
    pytest.param(datetime(2026, 3, 8, 22, 30, tzinfo=UTC), id="after US clocks went forward"),
    pytest.param(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), id="European clocks go forward"),
    pytest.param(datetime(2026, 6, 17, 20, 29, 59, tzinfo=UTC), id="a second before a day old"),
    pytest.param(datetime(2026, 6, 17, 20, 30, tzinfo=UTC), id="as the last session closes"),
    pytest.param(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="European clocks go back"),
    pytest.param(datetime(2026, 11, 1, 5, 30, tzinfo=UTC), id="US clocks go back"),
    pytest.param(datetime(2026, 11, 2, 22, 30, tzinfo=UTC), id="after a winter reset"),
    pytest.param(datetime(2028, 2, 29, 12, 0, tzinfo=UTC), id="leap day"),
]

ACCOUNT_STATUSES = {
    "QM-4471": "safe",
    "QM-4472": "critical",
    "TW-2208": "violated",
    "TW-2209": "caution",
    "AL-0913": "safe",
    "AL-0914": "unknown",
}
GROUP_STATUSES = {"Futures copy desk": "critical", "Evaluations": "violated"}

OpenAt = Callable[[datetime], Desk]


@pytest.fixture
def open_at(tmp_path: Path) -> Iterator[OpenAt]:
    """Opens the one desk of a test, its clock standing at an instant."""
    opened: list[Desk] = []

    def open_it(now: datetime) -> Desk:
        opened.append(open_desk(tmp_path / "desk.duckdb", clock=lambda: now))
        return opened[-1]

    yield open_it
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_at: OpenAt) -> Desk:
    """An empty desk on a Monday noon."""
    return open_at(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


def account_statuses(desk: Desk) -> dict[str, str]:
    return {
        account.number: evaluate_account(desk, LOCAL_USER, account.id).status.word
        for account in list_accounts(desk, LOCAL_USER)
    }


def group_statuses(desk: Desk) -> dict[str, str]:
    return {
        group.name: evaluate_group(desk, LOCAL_USER, group.id).overall_status.word
        for group in list_groups(desk, LOCAL_USER)
    }


@pytest.mark.parametrize("now", MOMENTS)
def test_whenever_it_is_loaded_accounts_and_groups_have_the_same_status(
    open_at: OpenAt, now: datetime
) -> None:
    desk = open_at(now)
    load_sample_desk(desk, LOCAL_USER)
    assert account_statuses(desk) == ACCOUNT_STATUSES
    assert group_statuses(desk) == GROUP_STATUSES


def test_every_hour_of_a_day_gives_the_same_statuses(desk: Desk) -> None:
    load_sample_desk(desk, LOCAL_USER)
    last = read_sample(desk.clock()).snapshots["taken_at"].max()
    groups = list_groups(desk, LOCAL_USER)
    for hour in range(24):
        now = last + timedelta(hours=hour, minutes=59, seconds=59)
        found = {g.name: desk.board.evaluate(g, now=now).overall_status.word for g in groups}
        assert found == GROUP_STATUSES


@pytest.mark.parametrize("now", MOMENTS)
def test_the_last_snapshot_is_under_a_day_old_and_not_ahead(now: datetime) -> None:
    last = read_sample(now).snapshots["taken_at"].max()
    assert now - DAY < last <= now


def test_the_last_snapshot_taken_at_this_very_instant_is_not_moved_a_day_back() -> None:
    now = datetime(2026, 6, 17, 20, 30, tzinfo=UTC)
    assert read_sample(now).snapshots["taken_at"].max() == now


def test_the_account_that_broke_its_rule_did_so_four_days_before_the_end(desk: Desk) -> None:
    load_sample_desk(desk, LOCAL_USER)
    account = next(a for a in list_accounts(desk, LOCAL_USER) if a.number == "TW-2208")
    state = evaluate_account(desk, LOCAL_USER, account.id).rule_states["daily_loss"]
    # 95,265.70 was under the day's start of 100,380.00 less 5 % of 100,000.00.
    assert state.violated_at == datetime(2026, 11, 18, 17, 15, tzinfo=UTC)
    assert "95,265.70" in state.reason
    assert "95,380.00" in state.reason


def test_the_copy_is_weaker_than_the_leader_it_copies(desk: Desk) -> None:
    load_sample_desk(desk, LOCAL_USER)
    group = next(g for g in list_groups(desk, LOCAL_USER) if g.name == "Futures copy desk")
    names = {account.id: account.number for account in list_accounts(desk, LOCAL_USER)}
    evaluation = evaluate_group(desk, LOCAL_USER, group.id)
    assert evaluation.weakest_account_id is not None
    assert names[evaluation.weakest_account_id] == "QM-4472"
    assert evaluation.weakest_rule == "max_loss"
    # The floor follows open profit: 52,302.90 less 2,000.00, locked at 50,100.00.
    assert evaluation.buffer == round(50_259.90 - 50_100, 2)


def test_two_groups_share_one_account() -> None:
    first, second = read_sample(datetime(2026, 11, 23, tzinfo=UTC)).groups
    assert set(first.numbers) & set(second.numbers) == {"AL-0913"}


def test_the_sample_has_six_accounts_of_three_firms_with_limits_and_goals() -> None:
    accounts = read_sample(datetime(2026, 11, 23, tzinfo=UTC)).accounts
    assert len(accounts) == 6
    assert len({account.firm for account in accounts}) == 3
    assert {rule.kind for account in accounts for rule in account.rules} == {
        "daily_loss",
        "max_loss",
        "weekly_loss",
        "profit_target",
        "consistency",
        "min_trading_days",
    }


def test_the_sample_file_has_twenty_days_and_no_row_is_refused() -> None:
    data = (SAMPLES / "snapshots.csv").read_bytes()
    reading = read_csv(data, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert not reading.refusals
    assert not reading.duplicates
    assert reading.rows["account"].nunique() == 5
    assert reading.rows["taken_at"].dt.date.nunique() == 20
    assert len(data) <= 400_000


def test_a_desk_with_an_account_refuses_the_sample(desk: Desk) -> None:
    make_account(desk, LOCAL_USER, AccountDraft(number="mine"))
    with pytest.raises(Conflict, match="empty desk"):
        load_sample_desk(desk, LOCAL_USER)
    assert [account.number for account in list_accounts(desk, LOCAL_USER)] == ["mine"]


def test_a_desk_with_a_group_refuses_the_sample(desk: Desk) -> None:
    make_group(desk, LOCAL_USER, GroupDraft(name="mine"))
    with pytest.raises(Conflict, match="empty desk"):
        load_sample_desk(desk, LOCAL_USER)
    assert not list_accounts(desk, LOCAL_USER)


def test_the_sample_is_not_loaded_twice(desk: Desk) -> None:
    load_sample_desk(desk, LOCAL_USER)
    with pytest.raises(Conflict):
        load_sample_desk(desk, LOCAL_USER)
    assert account_statuses(desk) == ACCOUNT_STATUSES


def test_another_owners_accounts_do_not_stand_in_the_way(desk: Desk) -> None:
    make_account(desk, "somebody else", AccountDraft(number="QM-4471"))
    load_sample_desk(desk, LOCAL_USER)
    assert account_statuses(desk) == ACCOUNT_STATUSES


def test_a_failure_on_the_way_leaves_the_desk_empty(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_desk: Desk, _user_id: str, _snapshots: list[Snapshot]) -> None:
        raise InvalidValue("equity", "must be finite", "inf")

    with monkeypatch.context() as patch:
        patch.setattr(sample, "record_snapshots", refuse)
        with pytest.raises(InvalidValue):
            load_sample_desk(desk, LOCAL_USER)
    assert not list_accounts(desk, LOCAL_USER)
    assert not list_groups(desk, LOCAL_USER)


def test_it_can_be_loaded_again_once_it_was_deleted(desk: Desk) -> None:
    load_sample_desk(desk, LOCAL_USER)
    for group in list_groups(desk, LOCAL_USER):
        delete_group(desk, LOCAL_USER, group.id)
    for account in list_accounts(desk, LOCAL_USER):
        delete_account(desk, LOCAL_USER, account.id)
    load_sample_desk(desk, LOCAL_USER)
    assert account_statuses(desk) == ACCOUNT_STATUSES


def test_the_story_is_still_there_after_a_restart(tmp_path: Path) -> None:
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    for is_first in (True, False):
        with closing(open_desk(tmp_path / "kept.duckdb", clock=lambda: now)) as desk:
            if is_first:
                load_sample_desk(desk, LOCAL_USER)
            assert account_statuses(desk) == ACCOUNT_STATUSES
