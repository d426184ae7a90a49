"""Importing from the command line: into the database, over REST, from a watched folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from starlette.testclient import TestClient

from riskcore import cli, importing
from riskcore.api.application import api_application
from riskcore.services.accounts import list_accounts
from riskcore.services.desk import DATABASE, LOCAL_USER, Desk, open_desk
from riskcore.services.uploads import list_uploads

TEXT = (
    "account,time,balance,equity\n007,2026-03-02T14:58:00Z,50000,49800.50\n"
    "007,2026-03-02T14:59:00Z,n/a,1\n"
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the database of the command line is."""
    monkeypatch.setenv(DATABASE, str(tmp_path / "desk.duckdb"))
    return tmp_path / "desk.duckdb"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one good row and one bad."""
    found = tmp_path / "day.csv"
    found.write_text(TEXT, encoding="utf-8")
    return found


def numbers(path: Path) -> list[str]:
    with closing(open_desk(path)) as desk:
        return [account.number for account in list_accounts(desk, LOCAL_USER)]


def test_a_file_is_taken_into_the_database_and_what_was_refused_is_told(
    path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", str(file)]) == 1
    said = capsys.readouterr().out
    assert "2 rows read, 1 taken, 1 refused, 0 known already" in said
    assert "line 3: balance: 'n/a' is not an amount" in said
    assert numbers(path) == ["007"]


def test_a_bad_file_does_not_sink_the_others(
    path: Path, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("undefined")
    assert cli.main(["import", str(bad), str(tmp_path / "none.csv"), str(file)]) == 1
    said = capsys.readouterr()
    assert "its export failed" in said.err
    assert "none.csv" in said.err
    assert numbers(path) == ["007"]


def test_what_a_file_does_not_say_is_said_by_options(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "trades.csv"
    file.write_text(
        "Id,ContractName,EnteredAt,ExitedAt,Fees,PnL,TradeDay\n"
        "1,MNQ,03/02/2026 08:10:00 -05:00,03/02/2026 08:26:00 -05:00,0.5,34.00,03/02/2026\n"
    )
    options = ["--account", "0042", "--starting-balance", "50,000.00"]
    assert cli.main(["import", str(file), *options]) == 0
    assert numbers(path) == ["0042"]


def test_a_file_without_times_is_as_old_as_the_file(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "dashboard.csv"
    file.write_text("Account,Account Balance,Min Account Balance\nA1,50000.00,48000.00\n")
    assert cli.main(["import", str(file)]) == 1
    assert cli.main(["import", str(file), "--as-of", "file"]) == 0


@pytest.mark.parametrize(
    ("option", "value"),
    [("--as-of", "today"), ("--as-of", "2026-03-02"), ("--starting-balance", "x")],
)
def test_an_option_that_is_none_is_refused(file: Path, option: str, value: str) -> None:
    with pytest.raises(SystemExit):
        cli.main(["import", str(file), option, value])


def test_a_database_that_a_desk_has_open_says_how_to_send_the_file(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text("no database")
    assert cli.main(["import", str(file)]) == 2
    assert "--desk http://localhost:8501" in capsys.readouterr().err


class Opener:
    """Opens requests in the real application, without a server."""

    def __init__(self, desk: Desk) -> None:
        self.client = TestClient(api_application(lambda: desk), base_url="http://127.0.0.1")

    def open(self, request: Request) -> Any:
        """The answer, or the error that urllib raises."""
        path = re.sub(r"^http://[^/]+/api", "", request.full_url)
        kind = request.get_header("Content-type")
        answer = self.client.post(path, content=request.data, headers={"Content-Type": kind})
        if answer.status_code >= 400:
            raise HTTPError(path, answer.status_code, "", {}, BytesIO(answer.content))
        return nullcontext(BytesIO(answer.content))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Desk, importing.RunningDesk]]:
    with closing(open_desk(tmp_path / "running.duckdb")) as desk:
        door = importing.RunningDesk("http://127.0.0.1:8501/")
        door._opener = Opener(desk)  # type: ignore[assignment]
        yield desk, door


def test_a_running_desk_takes_the_same_file_by_rest(
    running: tuple[Desk, importing.RunningDesk], file: Path
) -> None:
    desk, door = running
    told = door.take(file, {"flows": "named"})
    assert (told["taken"], told["refused"], told["refusals"][0]["line"]) == (1, 1, 3)
    with pytest.raises(Exception, match="already imported"):
        door.take(file, {"flows": "named"})
    assert list_uploads(desk, LOCAL_USER)[0].file_name == "day.csv"


def test_a_watched_folder_is_taken_in_once_its_files_are_written(
    path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter(range(4))

    def look_again(_: float) -> None:
        if next(looks, None) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(importing, "sleep", look_again)
    assert cli.main(["import", "--watch", str(file.parent)]) == 0
    assert capsys.readouterr().out.count("rows read") == 1
    assert numbers(path) == ["007"]


def test_the_times_of_the_command_line_have_a_zone() -> None:
    answers = importing.answers_of({"as_of": "2026-03-02T14:30:00+01:00"})
    assert answers.as_of == datetime.fromisoformat("2026-03-02T13:30:00Z")
