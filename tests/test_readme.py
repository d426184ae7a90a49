"""The README, held to its word: what it shows to copy is run against a desk."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.running_desk import ROOT, RunningDesk, running_desk, streamlit_run

README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = [
    "What it does not do",
    "Sixty seconds",
    "Your own accounts",
    "The words",
    "Adding a rule, a format, a page",
    "Developing",
    "Licence",
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """An empty desk, on whatever port is free."""
    with running_desk(tmp_path) as running:
        yield running


def blocks(title: str, language: str) -> list[str]:
    """The blocks of a language below the heading `title`, before the next of its rank."""
    rank = re.search(rf"^(#+) {re.escape(title)}$", README, re.MULTILINE)
    assert rank is not None, f"no heading {title}"
    rest = README[rank.end() :]
    until = re.search(rf"^#{{1,{len(rank[1])}}} ", rest, re.MULTILINE)
    part = rest[: until.start()] if until else rest
    return re.findall(rf"^```{language}\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)


def shell(script: str, desk: RunningDesk, folder: Path) -> str:
    """What a script of the README prints, run in `folder` against `desk`."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", aimed(script, desk)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def aimed(text: str, desk: RunningDesk) -> str:
    """`text` with this desk's port for the usual one."""
    assert "localhost:8501" in text
    return text.replace("localhost:8501", desk.url.removeprefix("http://"))


def last_json(output: str) -> dict[str, object]:
    """The last of several JSON objects printed one after the other."""
    decoder, found, at = json.JSONDecoder(), {}, 0
    while at < len(output.rstrip()):
        found, at = decoder.raw_decode(output, at)
    return found


def test_it_is_told_in_the_order_in_which_a_newcomer_asks() -> None:
    assert re.findall(r"^## (.+)$", README, re.MULTILINE) == SECTIONS
    before = README.partition("## ")[0]
    assert before.index("![") > before.index("A risk desk")


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_picture_is_quickly_loaded() -> None:
    assert (ROOT / "docs" / "board.png").stat().st_size <= 200_000


def test_the_csv_file_is_taken_and_its_bad_row_refused(desk: RunningDesk, tmp_path: Path) -> None:
    (csv,), (command,) = blocks("From a CSV file", "csv"), blocks("From a CSV file", "sh")
    (tmp_path / "my-accounts.csv").write_text(csv, encoding="utf-8")
    upload = last_json(shell(command, desk, tmp_path))
    assert (upload["rows_read"], upload["taken"], upload["refused"]) == (4, 3, 1)
    (refusal,) = upload["refusals"]
    assert (refusal["line"], refusal["column"], refusal["value"]) == (5, "balance", "n/a")


def test_the_rest_commands_end_in_a_groups_risk(desk: RunningDesk, tmp_path: Path) -> None:
    """49,450 is 450 above the day's floor of 49,000 and 1,450 above 48,000."""
    (script,) = blocks("Over REST", "sh")
    risk = last_json(shell(script, desk, tmp_path))
    assert risk["overall_status"] == "caution"
    assert (risk["buffer"], risk["weakest_rule"]) == (450.0, "daily_loss")
    assert risk["rule_states"]["max_loss"]["buffer"] == 1_450.0


def test_the_socket_program_prints_the_state_and_each_change(
    desk: RunningDesk, tmp_path: Path
) -> None:
    (script,) = blocks("Over REST", "sh")
    (program,) = blocks("Over a socket", "python")
    shell(script, desk, tmp_path)
    (tmp_path / "follow.py").write_text(aimed(program, desk), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "follow.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as follower:
        assert follower.stdout is not None
        try:
            assert follower.stdout.readline().startswith("caution 450.0 ")
            shell(script.partition("ACCOUNT=")[0] + posted(script), desk, tmp_path)
            assert follower.stdout.readline().startswith("critical 100.0 ")
        finally:
            follower.terminate()


def posted(script: str) -> str:
    """The README's snapshot, with less equity."""
    begin = script.index('curl -s "$DESK/snapshots"')
    return script[begin : script.index("\n\n", begin)].replace("49450", "49100") + "\n"


@pytest.mark.parametrize("target", ["run", "demo", "test", "check", "bench", "format", "clean"])
def test_every_make_command_it_names_exists(target: str) -> None:
    assert f"make {target}" in README
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_the_plain_commands_are_those_the_tests_start_a_desk_with() -> None:
    plain = blocks("Sixty seconds", "sh")[1]
    assert "streamlit run app.py" in plain
    assert "streamlit run app.py" in " ".join(streamlit_run(0))


def test_make_test_is_what_ci_runs() -> None:
    assert blocks("Developing", "sh") == ["make test\n"]
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("\nmake test")
