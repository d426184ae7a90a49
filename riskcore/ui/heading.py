"""Heading: a title with its mark beside it."""

from __future__ import annotations

import streamlit as st


def heading(markdown: str, mark: str) -> None:
    """A title with a mark, such as a status, at its right; both are Markdown already."""
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(f"#### {markdown}", anchors=False)
        st.markdown(mark, width="content")
