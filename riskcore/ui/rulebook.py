"""The rulebook: docs/rules.md, section by section, as the pages show it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
import streamlit as st

from riskcore.domain.rules import KINDS

RULES = Path(__file__).resolve().parents[2] / "docs" / "rules.md"

IN_COMMON = "What all rules have in common"
"""What stands before the first section."""

HEADING = re.compile(r"^#{1,2} (.+)\n", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)[^)]*\)")
"""A link to another place of the repository, which no page leads to."""

TABLE = re.compile(r"((?:^\|.*\n?)+)", re.MULTILINE)


@cache
def sections() -> dict[str, str]:
    """The sections of docs/rules.md by title, in its order; Markdown, ours."""
    _, _, common, *parts = HEADING.split(RULES.read_text(encoding="utf-8"))
    titled = {IN_COMMON: common, **dict(zip(parts[::2], parts[1::2], strict=True))}
    return {title: LINK.sub(r"\1", text).strip() for title, text in titled.items()}


def draw_rulebook(kind: str | None) -> None:
    """Every section as an expander; that of `kind` is open."""
    opened = KINDS[kind].title if kind and kind in KINDS else None
    st.markdown("What each kind of rule means, how it is worked out, and what surprises people.")
    for title, text in sections().items():
        with st.expander(title, expanded=title == opened):
            _draw(text)


def draw_kind(kind: str) -> None:
    """What docs/rules.md says of a kind of rule."""
    _draw(sections()[KINDS[kind].title])


def _draw(text: str) -> None:
    """A section; its tables apart, so that a wide one scrolls by itself on a narrow screen."""
    for part in TABLE.split(text):
        if part.startswith("|"):
            _table(part)
        elif part.strip():
            st.markdown(part, anchors=False)


def _table(markdown: str) -> None:
    header, _, *lines = (
        [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        for line in markdown.strip().splitlines()
    )
    st.table(
        pd.DataFrame(lines, columns=header),
        border="horizontal",
        hide_index=True,
        alt=f"A table of {', '.join(header)}",
    )
