"""What a group says of copied accounts with other rules."""

from __future__ import annotations

from uuid import UUID

import duckdb

from riskcore.domain.copying.same_rules import SameRules
from riskcore.domain.errors import Missing
from riskcore.store.database import Database

SELECT_SAME_RULES = """
SELECT s.group_id, s.same_rules
FROM copy_settings AS s JOIN account_groups AS g ON g.id = s.group_id
WHERE g.user_id = $user_id
"""


def select_same_rules(database: Database, user_id: str) -> dict[UUID, SameRules]:
    """What the owner's groups say of different rules; a group that says nothing is left out."""
    with database.read() as cursor:
        rows = cursor.execute(SELECT_SAME_RULES, {"user_id": user_id}).fetchall()
    return {group_id: SameRules(word) for group_id, word in rows}


SELECT_GROUP = """
SELECT id FROM account_groups WHERE id = $group_id AND user_id = $user_id
"""

DELETE_SETTINGS = """
DELETE FROM copy_settings
WHERE group_id IN (SELECT id FROM account_groups WHERE id = $group_id AND user_id = $user_id)
"""

INSERT_SETTINGS = """
INSERT INTO copy_settings (group_id, same_rules)
SELECT id, $same_rules FROM account_groups WHERE id = $group_id AND user_id = $user_id
"""


def put_same_rules(database: Database, user_id: str, group_id: UUID, switch: SameRules) -> None:
    """Store what a group says of different rules; raises Missing."""
    key = {"group_id": group_id, "user_id": user_id}

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        if not connection.execute(SELECT_GROUP, key).fetchall():
            raise Missing("group", group_id)
        connection.execute(DELETE_SETTINGS, key)
        connection.execute(INSERT_SETTINGS, key | {"same_rules": switch.value})

    database.write(work)
