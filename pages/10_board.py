"""Which group needs me now, and why?"""

import streamlit as st

from riskcore.services.groups import list_groups
from riskcore.ui.cards import group_cards
from riskcore.ui.choice import as_of_last, as_of_link
from riskcore.ui.empty import empty_desk
from riskcore.ui.head import draw_head
from riskcore.ui.live import Watch, begin
from riskcore.ui.push import keep_live
from riskcore.ui.session import session
from riskcore.ui.wall import draw_wall, is_wall, is_wall_as_of_last, wall_link

desk, user = session()


def board() -> None:
    """Every group as a card, worst first."""
    head = st.container()
    is_last = False
    if groups := list_groups(desk, user):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            is_last = as_of_last()
            wall_link(as_of_link(is_last))
    watch = Watch(desk=desk, user_id=user, is_last=is_last)
    begin(watch)
    with head:
        draw_head("Board", watch)
    if groups:
        group_cards(watch)
    else:
        empty_desk(desk, user)
    keep_live(watch, "board")


def wall() -> None:
    """The same for a monitor on the wall."""
    watch = Watch(desk=desk, user_id=user, is_last=is_wall_as_of_last())
    begin(watch)
    draw_wall(watch)
    keep_live(watch, "board")


if is_wall():
    wall()
else:
    board()
