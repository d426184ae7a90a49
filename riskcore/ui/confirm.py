"""Confirm: what cannot be undone is asked twice."""

from __future__ import annotations

import streamlit as st


def confirmed(
    label: str,
    consequence: str,
    key: str,
    sure: str = "Yes, delete",
    icon: str = ":material/delete:",
) -> bool:
    """Whether the visitor wants `label` done, having been told what follows (Markdown)."""
    with st.popover(label, icon=icon, key=f"{key}-ask"):
        st.markdown(consequence)
        return st.button(sure, type="primary", key=f"{key}-sure")
