"""python -m riskcore check: a line for each difference, the count, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from riskcore import cli

EXAMPLES = Path(__file__).parent / "examples" / "worked_examples.json"

TRAIL = {"initial": 50_000, "limit_amount": 2_000, "trail": "eod_balance"}


def a_file(folder: Path, **expected: float) -> str:
    """A file with one example that expects this after a close of 51,000."""
    example = {
        "id": "mine",
        "rule": "max_loss",
        "inputs": TRAIL,
        "steps": [{"kind": "eod", "balance": 51_000, "equity": 51_000}],
        "expected": expected,
    }
    path = folder / "mine.json"
    path.write_text(json.dumps([example]), encoding="utf-8")
    return str(path)


def test_the_published_examples_pass_as_a_newcomer_runs_them():
    done = subprocess.run(
        [sys.executable, "-m", "riskcore", "check", str(EXAMPLES)],
        capture_output=True,
        text=True,
        cwd=EXAMPLES.parents[2],
    )
    assert (done.returncode, done.stdout) == (0, "95 passed, 0 failed\n"), done.stderr


def test_what_comes_out_as_expected_passes(tmp_path, capsys):
    assert cli.main(["check", a_file(tmp_path, floor=51_000 - 2_000)]) == 0
    assert capsys.readouterr().out == "1 passed, 0 failed\n"


def test_each_difference_has_a_line_and_the_exit_code_tells(tmp_path, capsys):
    assert cli.main(["check", a_file(tmp_path, floor=48_000, buffer=3_000)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "mine, the end: floor is 49000.0, expected 48000.0",
        "mine, the end: buffer is 2000.0, expected 3000.0",
        "0 passed, 1 failed",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[{]", "the file must be JSON"),
        (b"\xff\xfe\x00", "must be a file of text that can be read"),
        (None, "must be a file of text that can be read"),
    ],
)
def test_what_is_no_file_of_examples_is_one_sentence(tmp_path, capsys, content, sentence):
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_bytes(content)
    assert cli.main(["check", str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("riskcore check: ")
    assert sentence in said
    assert said.count("\n") == 1
