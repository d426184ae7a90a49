"""Groups: make, find, change and delete them, and who is in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from riskcore.domain.errors import Conflict
from riskcore.domain.model import AccountGroup, clean_name, currency_code
from riskcore.domain.status import Thresholds
from riskcore.services.desk import Desk
from riskcore.store import copying as stored_copying
from riskcore.store import groups as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """What a person says of a group; `currency` None means: that of its members."""

    name: str
    account_ids: tuple[UUID, ...] = ()
    currency: str | None = None
    thresholds: Thresholds = Thresholds()


def list_groups(desk: Desk, user_id: str) -> list[AccountGroup]:
    """The owner's groups, by name."""
    return stored.select_groups(desk.database, user_id)


def find_group(desk: Desk, user_id: str, group_id: UUID) -> AccountGroup:
    """The owner's group; raises Missing."""
    return stored.select_group(desk.database, user_id, group_id)


def make_group(desk: Desk, user_id: str, draft: GroupDraft) -> AccountGroup:
    """A new group; raises Conflict when the name is taken, Missing for a strange account."""
    group = _drafted(draft, user_id, desk.clock())
    stored.insert_group(desk.database, group)
    return _noticed(desk, group)


def _drafted(draft: GroupDraft, user_id: str, now: datetime) -> AccountGroup:
    if len(set(draft.account_ids)) != len(draft.account_ids):
        raise Conflict("an account can be in a group only once")
    return AccountGroup(
        id=uuid4(),
        user_id=user_id,
        name=clean_name(draft.name),
        account_ids=tuple(sorted(draft.account_ids, key=str)),
        currency=None if draft.currency is None else currency_code(draft.currency),
        thresholds=draft.thresholds,
        created_at=now,
        updated_at=now,
    )


def _noticed(desk: Desk, group: AccountGroup) -> AccountGroup:
    with desk.board.held():
        links = stored_copying.select_links(desk.database, group.user_id, group.id)
        desk.board.put_links(group.id, links)  # those of a member that has gone are gone
        desk.board.put_group(group)
    desk.ticker.notice()
    return group


def change_group(desk: Desk, user_id: str, group_id: UUID, draft: GroupDraft) -> AccountGroup:
    """The group as `draft` says: name, members, currency and thresholds."""
    before = find_group(desk, user_id, group_id)
    changed = _drafted(draft, user_id, desk.clock())
    group = replace(changed, id=before.id, created_at=before.created_at)
    stored.update_group(desk.database, group)
    return _noticed(desk, group)


def delete_group(desk: Desk, user_id: str, group_id: UUID) -> None:
    """Forget a group; its accounts stay."""
    stored.delete_group(desk.database, user_id, group_id)
    desk.board.drop_group(group_id)
    desk.hub.publish_gone(user_id, group_id)


def add_member(desk: Desk, user_id: str, group_id: UUID, account_id: UUID) -> AccountGroup:
    """The group with one more account; raises Conflict when it is in already."""
    return _noticed(
        desk, stored.add_member(desk.database, user_id, group_id, account_id, desk.clock())
    )


def remove_member(desk: Desk, user_id: str, group_id: UUID, account_id: UUID) -> AccountGroup:
    """The group without that account; raises Missing when it is not in."""
    return _noticed(
        desk, stored.remove_member(desk.database, user_id, group_id, account_id, desk.clock())
    )
