"""Each benchmark of a running desk, small: what it checks holds; how fast it is says nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES, ROOT

WITHOUT_A_DESK = ("timeline", "groups")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_A_DESK])
def test_the_desk_is_right_under_a_small_load(name: str, tmp_path: Path) -> None:
    """`python -m benchmarks.NAME --quick` ends with an error when the desk was wrong."""
    found = tmp_path / "figures.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", "--quick", "--figures", str(found)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(found.read_text(encoding="utf-8"))
    assert figures
    assert all(figure["value"] >= 0 for figure in figures)
