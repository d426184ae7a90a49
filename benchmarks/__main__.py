"""Every benchmark, each in a process of its own, and one table of what they found.

    python -m benchmarks [--quick]

Ends with an error when one of them found the desk to be wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, machine, table

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("timeline", "groups", "start", "upload", "posts", "sockets", "pages", "rest", "stop")


def measured(name: str, quick: bool, folder: Path) -> list[Figure] | None:
    """What the benchmark `name` found; None when it failed."""
    found = folder / f"{name}.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", "--figures", str(found)]
    done = subprocess.run([*command, *["--quick"] * quick], cwd=ROOT)
    if done.returncode or not found.exists():
        return None
    return [Figure(**line) for line in json.loads(found.read_text(encoding="utf-8"))]


def main() -> int:
    """Run them all; how many failed."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small: is it right, not how fast")
    quick = parser.parse_args().quick
    figures: list[Figure] = []
    failed: list[str] = []
    with TemporaryDirectory() as folder:
        for name in NAMES:
            print(f"--- {name}", flush=True)
            found = measured(name, quick, Path(folder))
            figures += found or []
            failed += [] if found is not None else [name]
    print(f"--- all\n{machine()}\n\n{table(figures)}")
    if failed:
        print(f"\nwrong: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
