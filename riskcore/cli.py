"""The command line: python -m riskcore demo | check | import."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from riskcore.demo import run_demo
from riskcore.domain.errors import InvalidValue, RiskError
from riskcore.importing import amount, instant, run_import
from riskcore.services.check import check_examples

FASTEST = 3600


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when all went well, 2 with one sentence when it could not be done."""
    chosen = parser().parse_args(arguments)
    try:
        return COMMANDS[chosen.command](chosen)
    except RiskError as error:
        print(f"riskcore {chosen.command}: {error}", file=sys.stderr)
        return 2


def parser() -> ArgumentParser:
    """What can be asked for."""
    root = ArgumentParser(prog="python -m riskcore", description="Weakest Link, a risk desk")
    commands = root.add_subparsers(dest="command", required=True, metavar="command")
    demo = commands.add_parser(
        "demo", help="a desk with the sample and a simulated feed", description=_DEMO
    )
    demo.add_argument("--port", type=_port, default=8501, help="where it listens (8501)")
    demo.add_argument("--speed", type=_speed, default=60.0, help="times faster than life (60)")
    demo.add_argument("--no-browser", action="store_true", help="open no browser")
    check = commands.add_parser(
        "check", help="replay published examples with their numbers", description=_CHECK
    )
    check.add_argument("file", type=Path, help="worked examples in JSON, as docs/rules.md says")
    _add_import(commands)
    return root


def _add_import(commands: Any) -> None:
    files = commands.add_parser(
        "import", help="take files in, or watch a folder", description=_IMPORT
    )
    files.add_argument("files", type=Path, nargs="+", metavar="FILE", help="files, or folders")
    files.add_argument("--watch", action="store_true", help="take in what comes into the folders")
    files.add_argument(
        "--desk", metavar="URL", help="a running desk, such as http://localhost:8501"
    )
    files.add_argument("--account", metavar="NUMBER", help="of files that do not say it")
    files.add_argument("--zone", help="IANA zone of times that state none")
    files.add_argument(
        "--as-of", type=instant, metavar="TIME", help="of files without times; file: when written"
    )
    files.add_argument("--date-order", choices=["day_first", "month_first"])
    files.add_argument("--decimal-mark", choices=[".", ","])
    files.add_argument(
        "--starting-balance", type=amount, metavar="AMOUNT", help="before the first trade"
    )
    files.add_argument(
        "--flows", choices=["named", "all", "none"], default="named", help="recorded cash flows"
    )


_IMPORT = """Take exports of platforms, or tables of snapshots, into the desk: into its database, or
over REST into one that is running (--desk). Prints what became of every file and why rows were
refused; the exit code is 0 only if none was."""


_CHECK = """Replay a file of worked examples through the functions that serve the board. Prints a
line for each number that differs; the exit code is 0 only if none does."""

_DEMO = """Start a desk with the sample accounts in a database of its own (data/demo.duckdb,
new each time) and feed it: a leader and its copies trade, so that gauges move. Ctrl-C ends it."""


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise ArgumentTypeError(f"must be a port from 1 to 65535, was {text}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= FASTEST:
        raise ArgumentTypeError(f"must be a number above 0 and at most {FASTEST}, was {text}")
    return speed


def _check(chosen: Namespace) -> int:
    try:
        text = chosen.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidValue(
            str(chosen.file), "must be a file of text that can be read", error
        ) from error
    count, found = check_examples(text)
    for difference in found:
        print(difference)
    failed = len({difference.example for difference in found})
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


def _demo(chosen: Namespace) -> int:
    return run_demo(port=chosen.port, speed=chosen.speed, opens_browser=not chosen.no_browser)


COMMANDS = {"check": _check, "demo": _demo, "import": run_import}
