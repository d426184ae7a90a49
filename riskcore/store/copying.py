"""Copy links in the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import duckdb

from riskcore.domain.copying.links import CopyLink, check_links
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import Conflict, Missing
from riskcore.store.database import Database
from riskcore.store.keys import check_accounts
from riskcore.store.times import aware, stored

MOST_LINKS = 5_000

SELECT_LINKS = """
SELECT
    l.id, l.group_id, l.leader_id, l.follower_id, l.mode, l.ratio, l.fixed_contracts,
    l.risk_percent, l.contract_multiplier, l.rounding, l.step_contracts, l.least_contracts,
    l.most_contracts, l.rate, l.rated_on, l.active_from, l.active_to
FROM copy_links AS l JOIN account_groups AS g ON g.id = l.group_id
WHERE g.user_id = coalesce($user_id, g.user_id)
    AND l.group_id = coalesce($group_id, l.group_id)
ORDER BY l.leader_id, l.follower_id, l.active_from NULLS FIRST, l.id
"""


def select_links(database: Database, user_id: str, group_id: UUID | None = None) -> list[CopyLink]:
    """The owner's links, by leader and follower; of one group, or of all."""
    with database.read() as cursor:
        return _links(cursor, user_id, group_id)


def select_all_links(database: Database) -> list[CopyLink]:
    """Every owner's links: for the board at start."""
    with database.read() as cursor:
        return _links(cursor, None)


def _links(
    cursor: duckdb.DuckDBPyConnection, user_id: str | None, group_id: UUID | None = None
) -> list[CopyLink]:
    key = {"user_id": user_id, "group_id": group_id}
    return [_link(row) for row in cursor.execute(SELECT_LINKS, key).fetchall()]


def _link(row: tuple[Any, ...]) -> CopyLink:
    link_id, group_id, leader_id, follower_id, mode, ratio, fixed, risk, *rest = row
    multiplier, rounding, step, least, most, rate, rated_on, active_from, active_to = rest
    return CopyLink(
        id=link_id,
        group_id=group_id,
        leader_id=leader_id,
        follower_id=follower_id,
        mode=CopyMode(mode),
        ratio=float(ratio),
        fixed_contracts=_number(fixed),
        risk_percent=_number(risk),
        contract_multiplier=float(multiplier),
        rounding=Rounding(rounding),
        step_contracts=float(step),
        least_contracts=_number(least),
        most_contracts=_number(most),
        rate=_number(rate),
        rated_on=rated_on,
        active_from=None if active_from is None else aware(active_from),
        active_to=None if active_to is None else aware(active_to),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


INSERT_LINK = """
INSERT INTO copy_links (
    id, group_id, leader_id, follower_id, mode, ratio, fixed_contracts, risk_percent,
    contract_multiplier, rounding, step_contracts, least_contracts, most_contracts, rate,
    rated_on, active_from, active_to
) VALUES (
    $id, $group_id, $leader_id, $follower_id, $mode, $ratio, $fixed_contracts, $risk_percent,
    $contract_multiplier, $rounding, $step_contracts, $least_contracts, $most_contracts, $rate,
    $rated_on, $active_from, $active_to
)
"""


def insert_links(
    database: Database, user_id: str, group_id: UUID, links: Sequence[CopyLink]
) -> None:
    """Store new links of one group, all or none.

    Raises Missing for a strange group or account, Conflict for one that is not in the group,
    for a chain, a loop or a second leader, and above 5,000 links of the owner.
    """

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        _check(connection, user_id, group_id, links)
        for link in links:
            connection.execute(INSERT_LINK, _row(link))

    database.write(work)


DELETE_LINK = """
DELETE FROM copy_links
WHERE id = $id AND group_id = $group_id
    AND group_id IN (SELECT id FROM account_groups WHERE user_id = $user_id)
RETURNING id
"""


def update_link(database: Database, user_id: str, link: CopyLink) -> None:
    """Store a changed link; raises as `insert_links`, and Missing for a strange link."""

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        _forget(connection, user_id, link.group_id, link.id)
        _check(connection, user_id, link.group_id, [link])
        connection.execute(INSERT_LINK, _row(link))

    database.write(work)


def delete_link(database: Database, user_id: str, group_id: UUID, link_id: UUID) -> None:
    """Forget a link; raises Missing."""
    database.write(lambda connection: _forget(connection, user_id, group_id, link_id))


def _forget(
    connection: duckdb.DuckDBPyConnection, user_id: str, group_id: UUID, link_id: UUID
) -> None:
    key = {"id": link_id, "group_id": group_id, "user_id": user_id}
    if not connection.execute(DELETE_LINK, key).fetchall():
        raise Missing("copy link", link_id)


SELECT_GROUP = """
SELECT id FROM account_groups WHERE id = $group_id AND user_id = $user_id
"""

SELECT_MEMBERS = """
SELECT m.account_id
FROM account_groups AS g JOIN group_members AS m ON m.group_id = g.id
WHERE g.id = $group_id AND g.user_id = $user_id
"""

SELECT_NAMES = """
SELECT id, name FROM accounts WHERE user_id = $user_id
"""


def _check(
    connection: duckdb.DuckDBPyConnection, user_id: str, group_id: UUID, links: Sequence[CopyLink]
) -> None:
    key = {"group_id": group_id, "user_id": user_id}
    if not connection.execute(SELECT_GROUP, key).fetchall():
        raise Missing("group", group_id)
    wanted = list(dict.fromkeys(i for link in links for i in (link.leader_id, link.follower_id)))
    check_accounts(connection, user_id, wanted)
    members = {row[0] for row in connection.execute(SELECT_MEMBERS, key).fetchall()}
    names = dict(connection.execute(SELECT_NAMES, {"user_id": user_id}).fetchall())
    for account_id in wanted:
        if account_id not in members:
            raise Conflict(f"account {names[account_id]} is not in the group: add it there first")
    known = _links(connection, user_id)
    if len(known) + len(links) > MOST_LINKS:
        raise Conflict(f"there are at most {MOST_LINKS:,} copy links: delete some first")
    check_links([*known, *links], names)


def _row(link: CopyLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "group_id": link.group_id,
        "leader_id": link.leader_id,
        "follower_id": link.follower_id,
        "mode": link.mode.value,
        "ratio": link.ratio,
        "fixed_contracts": link.fixed_contracts,
        "risk_percent": link.risk_percent,
        "contract_multiplier": link.contract_multiplier,
        "rounding": link.rounding.value,
        "step_contracts": link.step_contracts,
        "least_contracts": link.least_contracts,
        "most_contracts": link.most_contracts,
        "rate": link.rate,
        "rated_on": link.rated_on,
        "active_from": None if link.active_from is None else stored(link.active_from),
        "active_to": None if link.active_to is None else stored(link.active_to),
    }
