"""What holds for every page, and for one that is added tomorrow."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from riskcore.services.desk import Desk
from tests.ui.conftest import PAGES, Visit

NAMES = [path.stem.partition("_")[2] for path in PAGES]

every_page = pytest.mark.parametrize("name", NAMES)
every_file = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


@every_page
def test_a_page_has_its_title_and_says_something_on_an_empty_desk(name: str, visit: Visit) -> None:
    page = visit(name)
    assert [title.value for title in page.title] == [name.replace("_", " ").capitalize()]
    assert len(page.main) > 1


@every_page
def test_a_page_shows_the_sample_desk(name: str, sample_desk: Desk, visit: Visit) -> None:
    page = visit(name)
    assert not page.error
    assert len(page.main) > 1


@every_file
def test_a_page_is_named_by_the_question_it_answers(path: Path) -> None:
    question = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    assert question.partition("\n")[0].endswith("?")


@every_file
def test_a_page_is_thin(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 80


@every_file
def test_a_page_has_no_try_no_arithmetic_no_sql_and_no_css(path: Path) -> None:
    text = path.read_text("utf-8")
    strange = (ast.Try, ast.BinOp, ast.AugAssign)
    unions = re.sub(r"\w+ \| None", "object", text)
    assert not [node for node in ast.walk(ast.parse(unions)) if isinstance(node, strange)]
    assert not re.search(r"\b(SELECT|INSERT|unsafe_allow_html)\b|st\.html|</?style", text)
