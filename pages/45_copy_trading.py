"""Which account dies first when the leader loses, and what would help?"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import streamlit as st

from riskcore.services.accounts import list_accounts
from riskcore.services.copying import copy_groups_first
from riskcore.services.groups import find_group
from riskcore.services.risk import GroupView
from riskcore.services.rooms import group_rooms, rooms_of, situation
from riskcore.ui.choice import as_of_last, choose, object_id
from riskcore.ui.copy_details import ask_instrument
from riskcore.ui.copy_editing import draw_empty
from riskcore.ui.copy_parts import View, draw_parts
from riskcore.ui.copy_room import draw_room
from riskcore.ui.empty import no_group
from riskcore.ui.head import draw_head
from riskcore.ui.live import Watch, begin, live_part
from riskcore.ui.push import keep_live
from riskcore.ui.session import session
from riskcore.ui.words import account_labels

desk, user = session()


def room_now(group_id: UUID, leader: str) -> Sequence[GroupView]:
    """The sentence, the ladder and one piece of advice."""
    if not given:
        given.append(group_rooms(desk, user, group_id, instrument=instrument, as_of_last=is_last))
    now = given.pop()
    for one in now.sets:
        if str(one.leader_id) == leader:
            draw_room(now, one, names)
    return [watch.view(group_id)]


head = st.container()
names = account_labels(accounts := list_accounts(desk, user))
groups = {str(group.id): group.name for group in copy_groups_first(desk, user)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    chosen = choose("Group", groups, "group") if groups else None
    is_last = as_of_last() if groups else False
    instrument = ask_instrument() if groups else None
watch = Watch(desk=desk, user_id=user, is_last=is_last, only=chosen)
begin(watch)
with head:
    draw_head("Copy trading", watch)
given = []
if chosen is None:
    no_group()
else:
    group = find_group(desk, user, object_id(chosen, "group"))
    now = situation(desk, user, group.id, as_of_last=is_last)
    rooms = rooms_of(desk, now, instrument=instrument)
    if not rooms.sets:
        own = {key: name for key, name in names.items() if key in group.account_ids}
        draw_empty(desk, user, group.id, own)
    else:
        leaders = {str(one.leader_id): names[one.leader_id] for one in rooms.sets}
        leader = choose("Leader", leaders, "leader") if len(leaders) > 1 else next(iter(leaders))
        one = next((one for one in rooms.sets if str(one.leader_id) == leader), rooms.sets[0])
        given.append(rooms)  # the first drawing needs no answer of its own
        live_part("copy-room", partial(room_now, group.id, str(one.leader_id)))
        by_id = {account.id: account for account in accounts}
        draw_parts(View(desk, user, now, rooms, one, instrument, by_id, names))
keep_live(watch, "copy_trading")
