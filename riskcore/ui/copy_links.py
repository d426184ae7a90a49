"""Copy links: who copies whom, made, changed and ended; what the group's accounts cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.reasons import MODES, link_text
from riskcore.domain.copying.tracking import Suggestion
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import InvalidValue
from riskcore.domain.reasons import instant_text
from riskcore.services.copying import LinkDraft, draft_of
from riskcore.ui.tables import text_table

Names = Mapping[UUID, str]

ROUNDINGS: Mapping[Rounding, str] = {
    Rounding.DOWN: "down: too small is not traded",
    Rounding.NEAREST: "to the nearest",
    Rounding.UP: "up",
    Rounding.LIFT: "down, but lifted to the smallest size",
}

SCALED = (CopyMode.MULTIPLIER, CopyMode.BALANCE, CopyMode.EQUITY)


NEEDED = ("ratio", "contract_multiplier", "step_contracts")
"""What a link cannot do without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkAnswers:
    """What was said of links, not looked at yet: one leader, and all that copy it alike.

    `said` are fields of LinkDraft, in place of those of `link`.
    """

    link: CopyLink | None
    leader_id: UUID | None
    follower_ids: tuple[UUID, ...]
    said: Mapping[str, Any]

    def drafts(self) -> list[LinkDraft]:
        """A draft for each follower; raises InvalidValue."""
        if self.leader_id is None or not self.follower_ids:
            raise InvalidValue("copy link", "needs a leader and whoever copies it", "nothing")
        for name in NEEDED:
            if self.said[name] is None:
                raise InvalidValue(name, "is needed", "nothing")
        return [self._draft(self.leader_id, follower_id) for follower_id in self.follower_ids]

    def _draft(self, leader_id: UUID, follower_id: UUID) -> LinkDraft:
        filled = LinkDraft(leader_id=leader_id, follower_id=follower_id)
        kept = filled if self.link is None else draft_of(self.link)
        return replace(kept, leader_id=leader_id, follower_id=follower_id, **self.said)


def ask_mode(link: CopyLink | None, key: str) -> CopyMode:
    """Ask how the size follows: what else is asked depends on it."""
    modes = list(CopyMode)
    return st.selectbox(
        "How its size follows",
        modes,
        index=modes.index(link.mode if link else CopyMode.MULTIPLIER),
        format_func=lambda mode: MODES[mode].capitalize(),
        key=f"{key}-mode",
        width=360,
    )


def ask_link(link: CopyLink | None, mode: CopyMode, names: Names, key: str) -> LinkAnswers:
    """Ask who copies whom, and how, filled in with `link`. Inside an `st.form`."""
    ids = list(names)
    with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
        leader_id = st.selectbox(
            "Leader",
            ids,
            index=ids.index(link.leader_id) if link and link.leader_id in ids else None,
            format_func=names.__getitem__,
            placeholder="who is copied",
            key=f"{key}-leader",
        )
        follower_ids = st.multiselect(
            "Copied by",
            ids,
            default=[link.follower_id] if link and link.follower_id in ids else [],
            format_func=names.__getitem__,
            max_selections=1 if link else None,
            key=f"{key}-followers",
        )
        sizes = _ask_size(link, mode, key)
    with st.expander("Steps, rounding and another currency"):
        further = _ask_further(link, key)
    return LinkAnswers(
        link=link,
        leader_id=leader_id,
        follower_ids=tuple(follower_ids),
        said={"mode": mode, **sizes, **further},
    )


def _ask_size(link: CopyLink | None, mode: CopyMode, key: str) -> dict[str, float | None]:
    """Ask what the mode needs; the rest is as it must be without."""
    said: dict[str, float | None] = {"ratio": 1.0, "fixed_contracts": None, "risk_percent": None}
    if mode in SCALED:
        said["ratio"] = _ask("Ratio, times", link.ratio if link else 1.0, f"{key}-ratio")
    if mode is CopyMode.FIXED:
        now = link.fixed_contracts if link else None
        said["fixed_contracts"] = _ask("Contracts, always", now or 1.0, f"{key}-fixed")
    if mode is CopyMode.RISK:
        now = link.risk_percent if link else None
        said["risk_percent"] = _ask("Of its equity at the stop, %", now or 1.0, f"{key}-risk")
    return said


def _ask(label: str, value: float | None, key: str, help: str | None = None) -> float | None:  # noqa: A002
    """Ask for a number above zero."""
    return st.number_input(
        label, min_value=0.0, value=value, step=None, format="%.6g", help=help, key=key
    )


def _ask_further(link: CopyLink | None, key: str) -> dict[str, object]:
    with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
        roundings = list(Rounding)
        return {
            "contract_multiplier": _ask(
                "A contract of it is worth, of the leader's",
                link.contract_multiplier if link else 1.0,
                f"{key}-worth",
                "0.1 where it trades micros and the leader minis",
            ),
            "rounding": st.selectbox(
                "Rounded",
                roundings,
                index=roundings.index(link.rounding) if link else 0,
                format_func=ROUNDINGS.__getitem__,
                key=f"{key}-rounding",
            ),
            "step_contracts": _ask(
                "Sizes are steps of", link.step_contracts if link else 1.0, f"{key}-step"
            ),
            "least_contracts": _ask(
                "Smallest size (none: a step)",
                link.least_contracts if link else None,
                f"{key}-least",
            ),
            "most_contracts": _ask(
                "Largest size (none: no bound)",
                link.most_contracts if link else None,
                f"{key}-most",
            ),
            "rate": _ask(
                "Its currency for one of the leader's",
                link.rate if link else None,
                f"{key}-rate",
                "Needed where the two accounts have different currencies",
            ),
        }


def links_table(links: Sequence[CopyLink], names: Names) -> None:
    """Every link of a group, and when it is active."""
    text_table(
        [
            {
                "Leader": names.get(link.leader_id, ""),
                "Copied by": names.get(link.follower_id, ""),
                "Size": link_text(link),
                "Rounded": ROUNDINGS[link.rounding],
                "Active": _active(link),
            }
            for link in links
        ],
        "Who copies whom",
    )


def _active(link: CopyLink) -> str:
    begins = "" if link.active_from is None else f"from {instant_text(link.active_from)}"
    ends = "" if link.active_to is None else f"until {instant_text(link.active_to)}"
    return " ".join(part for part in (begins, ends) if part) or "always"


def link_labels(links: Sequence[CopyLink], names: Names) -> dict[str, str]:
    """What to call each link, by its id as text."""
    return {
        str(link.id): f"{names.get(link.leader_id, '')} → {names.get(link.follower_id, '')}"
        f" ({link_text(link)})"
        for link in links
    }


def ask_fees(account_ids: Sequence[UUID], fees: Mapping[UUID, float], names: Names) -> pd.DataFrame:
    """Ask what each account costs when it is lost; nothing typed is not known."""
    table = pd.DataFrame(
        {
            "Account": [names.get(account_id, "") for account_id in account_ids],
            "Fee": pd.array([fees.get(one) for one in account_ids], dtype="Float64"),
        }
    )
    return st.data_editor(
        table,
        hide_index=True,
        disabled=["Account"],
        column_config={"Fee": st.column_config.NumberColumn(min_value=0, format="%.2f")},
        placeholder="not known",
        key="fees",
        alt="What each account costs",
        width=480,
    )


def fees_said(edited: pd.DataFrame, account_ids: Sequence[UUID]) -> dict[UUID, float | None]:
    """The fees typed, account by account; None where nothing is."""
    fees = edited["Fee"].tolist()
    return {
        account_id: None if pd.isna(fee) else round(float(fee), 2)
        for account_id, fee in zip(account_ids, fees, strict=True)
    }


def suggested(found: Sequence[Suggestion]) -> list[LinkDraft]:
    """Links as the history suggests them."""
    return [
        LinkDraft(leader_id=one.leader_id, follower_id=one.follower_id, ratio=one.ratio)
        for one in found
    ]


def suggestions_table(found: Sequence[Suggestion], names: Names) -> None:
    """Accounts that move together and are not linked."""
    text_table(
        [
            {
                "Leader": names.get(one.leader_id, ""),
                "Copied by": names.get(one.follower_id, ""),
                "Ratio": f"{one.ratio:g}×",
                "Alike": f"{100 * one.likeness:.1f} %",
                "Days": one.days,
            }
            for one in found
        ],
        "Accounts that move together",
    )
