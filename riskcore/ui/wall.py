"""Wall: the board for a monitor that is read from across a room; nothing on it can be clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from riskcore.domain.model import GroupRiskEvaluation
from riskcore.domain.money import percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import amount_text
from riskcore.services.risk import GroupView
from riskcore.ui.ages import is_together
from riskcore.ui.choice import AS_OF, LAST_DATA
from riskcore.ui.gauge import BROKEN, on_dial, reading
from riskcore.ui.head import draw_feed
from riskcore.ui.live import Watch, live_part
from riskcore.ui.markup import age, mark, text
from riskcore.ui.words import account_labels, counted

VIEW, WALL = "view", "wall"

LOOK = Path(__file__).with_name("wall.css")

MOST_ROWS = 12
"""More would be too small to read; the others are counted."""


def is_wall() -> bool:
    """Whether the address asks for the wall."""
    return st.query_params.get(VIEW) == WALL


def is_wall_as_of_last() -> bool:
    """Whether the address asks for the last data; a wall has no control to ask with."""
    return st.query_params.get(AS_OF) == LAST_DATA


def wall_link(as_of: Mapping[str, str]) -> None:
    """The way to the wall, in a window of its own.

    `st.page_link` to the page that is open leaves the address as it is.
    """
    address = f"?{urlencode({VIEW: WALL, **as_of})}"
    st.link_button("Wall view", address, icon=":material/tv:", type="tertiary")


def draw_wall(watch: Watch) -> None:
    """Every group in large type, worst first, and how the data comes in."""
    st.html(LOOK)
    with st.container(key="wall-head", horizontal=True, vertical_alignment="center"):
        st.title("Board", anchor=False, width="content")
        draw_feed(watch)
        st.html('<p class="wl-clock"></p>', width="content")
    live_part("wall", lambda: _draw_rows(watch.views()))


def _draw_rows(views: Sequence[GroupView]) -> Sequence[GroupView]:
    st.html(wall_html(views))
    return views


def wall_html(views: Sequence[GroupView]) -> str:
    """The groups as rows, worst first; HTML."""
    rows = [_row(view) for view in views[:MOST_ROWS]]
    if others := views[MOST_ROWS:]:
        worst = mark(others[0].evaluation.overall_status)
        rows.append(_line(f"{counted(len(others), 'more group')}, none worse than {worst}"))
    if not views:
        rows.append(_line("There is no group yet"))
    return f'<div class="wl-wall" style="--rows: {len(rows)}">{"".join(rows)}</div>'


def _line(html: str) -> str:
    return f'<p class="wl-more">{html}</p>'


def _row(view: GroupView) -> str:
    """One group: status, name, weakest account and rule, what is left, age."""
    evaluation = view.evaluation
    bound, amount, share = left_on_wall(view)
    filled = 0 if amount == BROKEN else on_dial(evaluation.buffer_percent)
    return (
        f'<section class="wl-row wl-{evaluation.overall_status.word}">'
        f'<p class="wl-row-status">{mark(evaluation.overall_status)}</p>'
        f'<div class="wl-row-who"><h2><span>{text(view.group.name)}</span></h2>'
        f"<p>{weakest_on_wall(view)}</p></div>"
        f'<div class="wl-row-left"><p>{bound}<b>{text(amount)}</b> <span>{text(share)}</span></p>'
        f'<div class="wl-bar" aria-hidden="true"><i style="width: {filled:.1f}%"></i></div></div>'
        f'<p class="wl-row-age">{age_on_wall(evaluation)}</p></section>'
    )


def weakest_on_wall(view: GroupView) -> str:
    """The weakest account and the rule that decides: `7741 on Daily loss`; HTML.

    A long name is cut off, the rule is not.
    """
    evaluation = view.evaluation
    if evaluation.weakest_account_id is None:
        return "no account in this group yet"
    name = account_labels(view.accounts.values())[evaluation.weakest_account_id]
    rule = evaluation.weakest_rule
    on = f"on {KINDS[rule].title}" if rule else "without rules"
    return f"<span>{text(name)}</span> {on}"


def left_on_wall(view: GroupView) -> tuple[str, str, str]:
    """`at most `, what is left of the deciding rule, its share of the limit; or empty."""
    evaluation = view.evaluation
    state = evaluation.members[0].deciding if evaluation.members else None
    if state is None or state.buffer is None:
        return "", "unknown", ""
    if reading(state.buffer_percent, state.status) == BROKEN:
        return "", BROKEN, ""
    currency = view.accounts[evaluation.members[0].account_id].currency
    bound = "at most " if evaluation.is_upper_bound else ""
    amount = amount_text(state.buffer, state.unit, currency)
    return bound, amount, percent_text(state.buffer_percent)


def age_on_wall(evaluation: GroupRiskEvaluation) -> str:
    """How old the newest and, where it is apart, the oldest data of a group is; HTML."""
    newest, oldest = evaluation.latest_taken_at, evaluation.oldest_taken_at
    if is_together(evaluation):
        return age(oldest)
    return f"{age(newest)}<br><small>oldest {age(oldest)}</small>"
