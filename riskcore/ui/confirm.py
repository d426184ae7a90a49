"""Confirm: what cannot be undone is asked twice."""

from __future__ import annotations

import streamlit as st


def confirmed(label: str, consequence: str, key: str) -> bool:
    """Whether the visitor wants `label` done, having been told what follows."""
    with st.popover(label, icon=":material/delete:", key=f"{key}-ask"):
        st.markdown(consequence)
        return st.button("Yes, delete", type="primary", key=f"{key}-sure")
