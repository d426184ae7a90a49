"""Accounts: kept whole, unique by number, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from riskcore.domain.errors import Conflict, InvalidValue, Missing
from riskcore.domain.market_hours import NAMED_HOURS, market_hours
from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.rules import KINDS, rule_from
from riskcore.store.accounts import (
    delete_account,
    insert_account,
    select_account,
    select_accounts,
    select_all_accounts,
    update_account,
)
from riskcore.store.database import Database
from riskcore.store.groups import insert_group
from riskcore.store.snapshots import insert_snapshots
from tests.store.conftest import NOON, a_group, an_account, frame

Stored = Callable[..., Account]

RULES = (
    rule_from("max_loss", {"limit_percent": 6, "trail": "eod_balance", "locks_at": 50_000}),
    rule_from("daily_loss", {"limit_amount": 1_000.5, "reference": "max", "action": "pause"}),
)


RULES_OF_EVERY_KIND = {
    "daily_loss": {"limit_amount": 1_000, "limit_steps": [[500, 1_500.25], [1_000, 2_000]]},
    "max_loss": {"limit_amount": 2_000, "trail": "eod_balance", "locks_at_profit": 0},
    "weekly_loss": {"limit_percent": 4, "action": "pause"},
    "floating_loss": {"limit_percent": 2.5},
    "position_limit": {"most_contracts": 2.5, "tiers": [[1_500, 3], [2_000, 5]]},
    "inactivity": {"days": 30, "open_position_counts": False},
    "profit_target": {"target_percent": 8, "since": "payout"},
    "consistency": {"max_percent": 50, "op": "lt"},
    "min_trading_days": {"days": 5, "min_profit_amount": 150},
    "profit_cap": {"limit_amount": 9_000, "scope": "cycle"},
}


def test_an_account_comes_back_as_it_was_stored(database: Database, stored: Stored) -> None:
    account = stored(
        "007741",
        firm="Größe & Söhne",
        starting_balance=9_999_999_999_999.99,
        time_zone="America/New_York",
        reset_time=time(17, 0, 0, 1),
        stale_after=timedelta(days=40, microseconds=7),
        market_hours=market_hours("Mon-Fri 09:30-16:00 in Europe/Prague"),
        rules=RULES,
        preset=AppliedPreset(name="größe-express", size="50K", checked_on=date(2026, 10, 4)),
    )
    assert select_account(database, "ann", account.id) == account


@pytest.mark.parametrize("name", NAMED_HOURS)
def test_well_known_hours_are_stored_by_their_name(
    database: Database, stored: Stored, name: str
) -> None:
    account = stored("7741", market_hours=NAMED_HOURS[name])
    with database.read() as cursor:
        assert cursor.execute("SELECT market_hours FROM accounts").fetchall() == [(name,)]
    assert select_account(database, "ann", account.id) == account


def test_hours_are_changed_and_changed_back(database: Database, stored: Stored) -> None:
    account = stored("7741")
    assert account.market_hours == NAMED_HOURS["around_the_clock"]
    for hours in (NAMED_HOURS["forex"], NAMED_HOURS["around_the_clock"]):
        update_account(database, replace(account, market_hours=hours))
        assert select_account(database, "ann", account.id).market_hours == hours


def test_an_unknown_starting_balance_stays_unknown(database: Database, stored: Stored) -> None:
    account = stored("7741", starting_balance=None)
    assert select_account(database, "ann", account.id).starting_balance is None


def test_accounts_come_by_id_and_only_the_owners(database: Database, stored: Stored) -> None:
    his = [stored(str(number)) for number in range(5)]
    strange = stored("0", user_id="bob")
    assert select_accounts(database, "ann") == sorted(his, key=lambda account: account.id)
    assert len(select_all_accounts(database)) == 6
    assert strange in select_all_accounts(database)


def test_a_number_is_taken_once_by_an_owner(database: Database, stored: Stored) -> None:
    stored("7741")
    stored("7741", user_id="bob")
    with pytest.raises(Conflict, match="7741"):
        insert_account(database, an_account("7741"))
    other = stored("7742")
    with pytest.raises(Conflict, match="7741"):
        update_account(database, replace(other, number="7741"))


def test_of_many_at_once_one_gets_the_number(database: Database) -> None:
    with ThreadPoolExecutor(32) as pool:
        jobs = [pool.submit(insert_account, database, an_account("7741")) for _ in range(32)]
    refused = [job for job in jobs if isinstance(job.exception(), Conflict)]
    assert len(refused) == 31
    assert len(select_accounts(database, "ann")) == 1


def test_a_change_replaces_everything_but_the_birth(database: Database, stored: Stored) -> None:
    account = stored("7741", rules=RULES)
    changed = replace(
        account, number="1", name="One", currency="EUR", rules=RULES[1:], starting_balance=1.25
    )
    update_account(database, changed)
    assert select_account(database, "ann", account.id) == changed


def test_a_preset_is_taken_away_again(database: Database, stored: Stored) -> None:
    preset = AppliedPreset(name="acme-express", size="50K", checked_on=date(2026, 10, 4))
    account = stored("7741", preset=preset)
    update_account(database, replace(account, preset=None))
    assert select_account(database, "ann", account.id).preset is None


@pytest.mark.parametrize("kind", RULES_OF_EVERY_KIND)
def test_a_rule_of_every_kind_comes_back_as_it_was_stored(
    database: Database, stored: Stored, kind: str
) -> None:
    account = stored("7741", rules=(rule_from(kind, RULES_OF_EVERY_KIND[kind]),))
    assert select_account(database, "ann", account.id) == account


def test_every_kind_is_among_those_rules() -> None:
    assert set(RULES_OF_EVERY_KIND) == set(KINDS)


def test_somebody_elses_account_is_missing_like_one_that_is_not_there(
    database: Database, stored: Stored
) -> None:
    his = stored("7741", user_id="bob")
    nowhere = replace(his, id=uuid4(), user_id="ann")
    for account in (replace(his, user_id="ann"), nowhere):
        sentence = f"^no account {account.id}$"
        with pytest.raises(Missing, match=sentence):
            select_account(database, "ann", account.id)
        with pytest.raises(Missing, match=sentence):
            update_account(database, account)
        with pytest.raises(Missing, match=sentence):
            delete_account(database, "ann", account.id)
    assert select_account(database, "bob", his.id) == his


def test_a_deleted_account_takes_its_snapshots_with_it(database: Database, stored: Stored) -> None:
    account, other = stored("7741", rules=RULES), stored("7742", rules=RULES)
    for one in (account, other):
        for balance in (1.0, 2.0):
            rows = frame([(one.id, NOON, balance, balance)])
            insert_snapshots(database, "ann", rows, received_at=NOON)
    delete_account(database, "ann", account.id)
    assert select_accounts(database, "ann") == [other]
    with database.read() as cursor:
        for table in ("snapshots", "replaced_snapshots", "account_rules"):
            left = cursor.execute(f"SELECT DISTINCT account_key FROM {table}").fetchall()
            assert len(left) == 1


def test_an_account_in_a_group_is_not_deleted(database: Database, stored: Stored) -> None:
    account = stored("7741")
    insert_group(database, a_group("Evaluations", account.id))
    with pytest.raises(Conflict, match="in the group Evaluations: remove it there first"):
        delete_account(database, "ann", account.id)
    assert select_accounts(database, "ann") == [account]


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf"), 1e13])
def test_a_starting_balance_that_is_no_amount_is_refused(database: Database, amount: float) -> None:
    with pytest.raises(InvalidValue, match="starting_balance"):
        insert_account(database, an_account("7741", starting_balance=amount))
    assert select_accounts(database, "ann") == []
