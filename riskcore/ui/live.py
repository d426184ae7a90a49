"""Live: parts of a page that are drawn anew, alone, as soon as what they show has changed.

The browser is told over the desk's socket that something may have changed and asks to look
(push.js); what has changed since it was drawn is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

import streamlit as st

from riskcore.domain.model import GroupRiskEvaluation
from riskcore.services.desk import Desk
from riskcore.services.risk import GroupView, view_group, view_groups
from riskcore.ui.door import door

FACTS = "facts"
"""The part that push.js goes on from (push.py); drawn last, after every other that is."""

ALL = "all"
"""Asked for now and then: words that count down have changed even if no number has."""

SHOWN = "shown"


@dataclass(slots=True)
class Shown:
    """What one visitor's page shows: the names of all groups, and what each part has drawn.

    `is_whole` once the page was drawn to its end.
    """

    names: dict[UUID, str]
    is_whole: bool = False
    drawn: dict[UUID, tuple[str, GroupRiskEvaluation]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The groups that a page keeps up to date.

    `is_last`: as of their last data. `only`: the id of the one that the page is about, as it
    was typed; None: it is about all.
    """

    desk: Desk
    user_id: str
    is_last: bool = False
    only: str | None = None

    def views(self) -> list[GroupView]:
        """Every group of the owner, worst first."""
        return view_groups(self.desk, self.user_id, as_of_last=self.is_last)

    def view(self, group_id: UUID) -> GroupView:
        """One of them; raises Missing."""
        return view_group(self.desk, self.user_id, group_id, as_of_last=self.is_last)

    def about(self) -> list[GroupView]:
        """Those that the page is about, worst first."""
        return [view for view in self.views() if self.only in {None, str(view.group.id)}]


def begin(watch: Watch) -> None:
    """The page of `watch` is drawn from its beginning."""
    st.session_state[SHOWN] = Shown(_names(watch.views()))


def page_is_whole() -> None:
    """The page is drawn to its end: from now on its parts can be drawn alone."""
    _shown().is_whole = True


def _shown() -> Shown:
    shown: Shown = st.session_state[SHOWN]
    return shown


def _names(views: Iterable[GroupView]) -> dict[UUID, str]:
    return {view.group.id: view.group.name for view in views}


def live_part(key: str, draw: Callable[[], Iterable[GroupView]]) -> None:
    """What `draw` draws, and again when one of the groups that it returns has changed.

    What the desk refuses is shown in its place.
    """

    @st.fragment(key=key)
    def part() -> None:
        with door():
            drawn = {view.group.id: (key, view.evaluation) for view in draw()}
            _shown().drawn.update(drawn)

    part()


def look(watch: Watch, asked: str) -> None:
    """Draw anew what has changed since it was drawn; for a widget's callback, which ends here.

    A drawing of the page that is under way is interrupted by it, and so has to begin again.
    """
    keys = due(_shown(), watch.views(), asked)
    st.rerun("app" if keys is None else keys)


def due(shown: Shown, views: Iterable[GroupView], asked: str) -> list[str] | None:
    """The keys of the parts to draw anew, each once, FACTS last.

    None: the whole page, which was not drawn to its end, or groups were made, renamed or
    deleted since.
    """
    now = {view.group.id: view for view in views}
    if not shown.is_whole or _names(now.values()) != shown.names:
        return None
    keys = [
        key
        for group_id, (key, drawn) in shown.drawn.items()
        if asked == ALL or not now[group_id].evaluation.same_answer(drawn)
    ]
    return [*dict.fromkeys(keys), FACTS]
