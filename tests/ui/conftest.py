"""Pages without a browser: a desk of its own for each test, and whoever visits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from riskcore.domain.model import Account, Snapshot
from riskcore.domain.rules import rule_from
from riskcore.services.accounts import AccountDraft, list_accounts, make_account
from riskcore.services.desk import LOCAL_USER, Desk, run_desk, stop_desk
from riskcore.services.groups import GroupDraft, make_group
from riskcore.services.sample import load_sample_desk
from riskcore.services.snapshots import record_snapshots

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "pages").glob("[0-9][0-9]_*.py"))

Visit: TypeAlias = Callable[..., AppTest]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty desk, open in this process."""
    yield run_desk(tmp_path / "desk.duckdb")
    stop_desk()


@pytest.fixture
def sample_desk(desk: Desk) -> Desk:
    """The desk with the sample on it."""
    load_sample_desk(desk, LOCAL_USER)
    return desk


class RoutedPages(PagesManager):
    """AppTest's own: it would run a file of a folder called `pages` past the router."""


@pytest.fixture
def visit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a page by its name and the parameters of its address; it must not fail."""

    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", RoutedPages)

    def open_it(name: str, **parameters: str) -> AppTest:
        page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        if page_file(name) != PAGES[0].name:
            page.run()  # the first run finds the pages there are
            page.switch_page(f"pages/{page_file(name)}")
        for key, value in parameters.items():
            page.query_params[key] = value
        return sound(page.run())

    return open_it


def page_file(name: str) -> str:
    """The file of the page called `name`."""
    return next(path.name for path in PAGES if path.stem.partition("_")[2] == name)


def sound(page: AppTest) -> AppTest:
    """`page`, which must not have failed."""
    assert [error.value for error in page.exception] == []
    return page


def click(page: AppTest, label: str) -> AppTest:
    """Press the button that says `label`."""
    next(button for button in page.button if button.label == label).click().run()
    return sound(page)


def asked(page: AppTest, kind: str, name: str) -> Any:
    """The widget that asks for the parameter `name` of a rule of `kind`."""
    widgets = (*page.number_input, *page.selectbox, *page.toggle)
    [found] = [one for one in widgets if re.fullmatch(f".*-{kind}-.*-{name}", str(one.key))]
    return found


def words(page: AppTest) -> str:
    """All a page says, names as they were typed."""
    said = (*page.markdown, *page.caption, *page.error, *page.success, *page.info)
    return "\n".join([*(shown(str(element.value)) for element in said), *map(plain, markups(page))])


def markups(page: AppTest) -> list[str]:
    """Every piece of HTML on a page, in order, without the styles."""
    return [html.proto.body for html in page.get("html") if "<style>" not in html.proto.body]


def plain(markup: str) -> str:
    """HTML without its tags, as a browser shows it; cells and lines apart."""
    lines = re.sub(r"</(?:p|td|th|h1|h2|div)>|<br>", "\n", markup)
    return unescape(re.sub(r"<[^>]*>", "", lines))


def cells(page: AppTest) -> list[list[str]]:
    """The table of a group's members, row by row, without its head."""
    [table] = [markup for markup in markups(page) if "<table" in markup]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table)[1:]
    return [[plain(cell) for cell in re.findall(r"<t[dh][^>]*>.*?</t[dh]>", row)] for row in rows]


def shown(markdown: str) -> str:
    """What `escape` made, as a browser shows it."""
    return re.sub(r"\\(.)", r"\1", re.sub(r":color\[(\\.)\]", r"\1", markdown))


def an_account(desk: Desk, number: str, **said: object) -> Account:
    """An account of 50,000 USD that may lose 2,000."""
    draft = {
        "starting_balance": 50_000.0,
        "rules": (rule_from("max_loss", {"limit_amount": 2_000.0}),),
    }
    return make_account(desk, LOCAL_USER, AccountDraft(number=number, **{**draft, **said}))  # type: ignore[arg-type]


def observe(desk: Desk, account_id: UUID, equity: float, **said: Any) -> None:
    """A snapshot of a minute ago; the balance is 50,000 unless it is said otherwise."""
    taken_at = desk.clock() - timedelta(minutes=1)
    fields = {"taken_at": taken_at, "balance": 50_000.0, "equity": equity, **said}
    record_snapshots(desk, LOCAL_USER, [Snapshot(account_id=account_id, **fields)])


def a_group(desk: Desk, name: str, *account_ids: UUID) -> UUID:
    """A group of these accounts."""
    return make_group(desk, LOCAL_USER, GroupDraft(name=name, account_ids=account_ids)).id


def numbers(desk: Desk) -> set[str]:
    """The numbers of the accounts on the desk."""
    return {account.number for account in list_accounts(desk, LOCAL_USER)}
