"""Numbers: a post may name its account by one; it means the account that has it now."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

from riskcore.domain.model import Account
from riskcore.store.accounts import delete_account, update_account
from riskcore.store.database import Database
from riskcore.store.numbers import known_numbers, select_numbers
from riskcore.store.remembered import Remembered

Stored = Callable[..., Account]


def find(database: Database, *numbers: str, user_id: str = "ann") -> dict[str, UUID]:
    """What is read, which is then also what is remembered."""
    found = select_numbers(database, user_id, numbers)
    assert known_numbers(database, user_id, list(found)) == found
    return found


def test_an_account_is_found_by_its_number(database: Database, stored: Stored) -> None:
    first, second = stored("7741"), stored("007741")
    assert find(database, "7741") == {"7741": first.id}
    assert find(database, "007741", "7741", "9999") == {"7741": first.id, "007741": second.id}
    assert find(database) == {}


def test_each_owner_has_numbers_of_their_own(database: Database, stored: Stored) -> None:
    mine, strange = stored("7741"), stored("7741", user_id="bob")
    assert find(database, "7741") == {"7741": mine.id}
    assert find(database, "7741", user_id="bob") == {"7741": strange.id}
    assert find(database, "7741", user_id="eve") == {}


def test_what_is_remembered_needs_no_reading_and_says_when_it_does(
    database: Database, stored: Stored
) -> None:
    assert known_numbers(database, "ann", []) == {}
    first = stored("7741")
    assert known_numbers(database, "ann", ["7741"]) is None
    find(database, "7741")
    assert known_numbers(database, "ann", ["7741"]) == {"7741": first.id}
    assert known_numbers(database, "ann", ["7741", "7742"]) is None


def test_an_account_made_after_it_was_asked_for_is_found(
    database: Database, stored: Stored
) -> None:
    assert find(database, "7741") == {}
    made = stored("7741")
    assert find(database, "7741") == {"7741": made.id}


def test_two_accounts_that_changed_numbers_are_not_taken_for_each_other(
    database: Database, stored: Stored
) -> None:
    first, second = stored("7741"), stored("7742")
    find(database, "7741", "7742")
    for account, number in ((first, "7743"), (second, "7741"), (first, "7742")):
        update_account(database, replace(account, number=number))
    assert known_numbers(database, "ann", ["7741"]) is None
    assert find(database, "7741", "7742", "7743") == {"7741": second.id, "7742": first.id}


def test_a_deleted_account_is_found_no_more_and_its_number_is_free(
    database: Database, stored: Stored
) -> None:
    first = stored("7741")
    find(database, "7741")
    delete_account(database, "ann", first.id)
    assert find(database, "7741") == {}
    second = stored("7741")
    assert find(database, "7741") == {"7741": second.id}


def test_an_answer_read_before_a_change_is_not_kept_after_it() -> None:
    """The account is renamed while another thread reads it."""
    remembered: Remembered[str, int] = Remembered()

    def ask(names: Collection[str]) -> dict[str, int]:
        remembered.forget()
        return dict.fromkeys(names, 7)

    assert remembered.found("ann", ["7741"], ask) == {"7741": 7}
    assert remembered.known("ann", ["7741"]) is None


def test_only_what_is_not_remembered_is_asked_for() -> None:
    remembered: Remembered[str, int] = Remembered()
    asked: list[list[str]] = []

    def ask(names: Collection[str]) -> dict[str, int]:
        asked.append(sorted(names))
        return {name: int(name) for name in names if name != "3"}

    for names in (["1"], ["1", "2"], ["2", "3"], ["3", "1"]):
        found = remembered.found("ann", names, ask)
        assert found == {name: int(name) for name in names if name != "3"}
    assert asked == [["1"], ["2"], ["3"], ["3"]]
