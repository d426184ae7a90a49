"""The process: how the server finds the application, and what it needs of Streamlit."""

from __future__ import annotations

import asyncio
import importlib
import os
from pathlib import Path

import pytest
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from streamlit.web.server.app_discovery import discover_asgi_app

from riskcore.domain.errors import StoreUnavailable
from riskcore.services import desk as desks
from riskcore.services.desk import DATABASE
from riskcore.ui import process
from tests.ui.conftest import PAGES, ROOT


def test_the_server_finds_the_application_by_reading_the_source() -> None:
    assert discover_asgi_app(ROOT / "app.py").import_string == "app:app"


def test_streamlit_does_not_serve_the_folder_of_pages_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    importlib.reload(process)
    assert PagesManager.uses_pages_directory is False


def test_pages_are_found_by_their_names() -> None:
    assert [path.stem for path in PAGES][:2] == ["10_board", "20_group"]


def test_the_desk_is_open_while_the_server_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE, str(tmp_path / "desk.duckdb"))

    async def serve() -> None:
        async with process.lifespan(None):  # type: ignore[arg-type]
            assert desks.the_desk()

    asyncio.run(serve())
    assert (tmp_path / "desk.duckdb").exists()
    with pytest.raises(RuntimeError):
        desks.the_desk()


def test_a_database_that_cannot_be_used_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Ended(Exception):
        """The process would have ended."""

    def end(code: int) -> None:
        raise Ended(code)

    def refuse(path: Path) -> None:
        raise StoreUnavailable("another process has it open: stop that one first")

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(process, "run_desk", refuse)

    async def serve() -> None:
        async with process.lifespan(None):  # type: ignore[arg-type]
            pass

    with pytest.raises(Ended, match="2"):
        asyncio.run(serve())
    assert capsys.readouterr().err == "another process has it open: stop that one first\n"


def test_a_page_that_fails_tells_the_visitor_nothing_but_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def page() -> None:
        from riskcore.ui.door import on_script_error

        assert on_script_error(ValueError("secret/path"))

    seen = AppTest.from_function(page).run()
    assert [error.value.partition(",")[0] for error in seen.error] == ["This page failed"]
    assert "secret/path" in caplog.text


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.headless", True),
        ("server.fileWatcherType", "none"),
        ("runner.postScriptGC", False),
        ("browser.gatherUsageStats", False),
        ("client.showErrorDetails", "none"),
        ("client.disableDataExport", True),
    ],
)
def test_streamlit_is_set_up_for_a_desk(option: str, value: object) -> None:
    assert config.get_option(option) == value
