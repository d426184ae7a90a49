"""Router: finds the pages, offers them, and runs the one that was asked for."""

from __future__ import annotations

import ast
from pathlib import Path

import streamlit as st

from riskcore.ui.door import door, say_what_was_done

PAGES = Path(__file__).resolve().parents[2] / "pages"

# A file of ours: Streamlit fetches icons and emoji for the browser's tab from the network.
MARK = Path(__file__).with_name("mark.svg")

LOOK = Path(__file__).with_name("live.css")


def run() -> None:
    """Run the page a visitor asked for."""
    st.set_page_config(page_title="Weakest Link", page_icon=str(MARK), layout="wide")
    page = st.navigation([st_page(path) for path in page_files()], position="top")
    st.html(LOOK)
    say_what_was_done()
    with door():
        page.run()


def page_files() -> list[Path]:
    """The pages in the order they are offered: pages/NN_name.py by NN."""
    return sorted(PAGES.glob("[0-9][0-9]_*.py"))


def st_page(path: Path) -> st.Page:
    """A page named after its file, explained by the first line of its docstring."""
    question = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return st.Page(path, title=title(path), help=question.partition("\n")[0])


def title(path: Path) -> str:
    """What a page is called: `10_board.py` is `Board`."""
    return path.stem.partition("_")[2].replace("_", " ").capitalize()
