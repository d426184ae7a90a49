"""Numbers: which account an owner means by the number its platform has given it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from riskcore.store.database import Database

SELECT_NUMBERED = """
SELECT number, id FROM accounts
WHERE user_id = $user_id AND list_contains($numbers, number)
"""


def known_numbers(
    database: Database, user_id: str, numbers: Collection[str]
) -> dict[str, UUID] | None:
    """The owner's accounts by number, from memory; None unless all of `numbers` are in it."""
    return database.account_ids.known(user_id, numbers)


def select_numbers(database: Database, user_id: str, numbers: Collection[str]) -> dict[str, UUID]:
    """The owner's accounts that have one of `numbers`, by it."""

    def ask(new: Collection[str]) -> dict[str, UUID]:
        with database.read() as cursor:
            key = {"user_id": user_id, "numbers": list(new)}
            return dict(cursor.execute(SELECT_NUMBERED, key).fetchall())

    return database.account_ids.found(user_id, numbers, ask)
