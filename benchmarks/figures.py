"""Figures: what was measured, and the limit or the peer that it stands beside."""

from __future__ import annotations

import json
import os
import platform
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

AT_MOST, AT_LEAST = "at most", "at least"

HEADER = ("| what | figure | limit or peer | ratio |", "|---|---:|---:|---:|")


class Wrong(Exception):
    """The desk said something that is not so; how fast it said it does not matter."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `value` and `other` in the same `unit`.

    `beside` is AT_MOST or AT_LEAST, and `other` that limit; or it names a peer, and `other`
    is what the peer took in the same run. Without `other` the value stands alone.
    """

    what: str
    value: float
    unit: str
    beside: str = ""
    other: float | None = None

    def line(self) -> str:
        """The figure as a row of the table."""
        other = "" if self.other is None else f"{self.beside} {number(self.other)} {self.unit}"
        ratio = "" if self.other is None else f"{self.value / self.other:.2f}"
        return f"| {self.what} | {number(self.value)} {self.unit} | {other} | {ratio} |"


Measure: TypeAlias = Callable[[bool], Sequence[Figure]]
"""What a benchmark finds; told whether to be quick: a few seconds, to see that it is right."""


def number(value: float) -> str:
    """`value` with as many digits as can be believed."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    return "\n".join([*HEADER, *(figure.line() for figure in figures)])


def machine() -> str:
    """The machine and how busy it is, others' work too: what the figures have to be read with."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, load average {load}"


def run(measure: Measure, about: str | None) -> None:
    """The command line of one benchmark: print its table; for `--figures`, keep it as JSON."""
    parser = ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small: is it right, not how fast")
    parser.add_argument("--figures", type=Path, help="a file to write the figures into, as JSON")
    chosen = parser.parse_args()
    before = machine()
    figures = measure(chosen.quick)
    if chosen.figures:
        lines = [asdict(figure) for figure in figures]
        chosen.figures.write_text(json.dumps(lines), encoding="utf-8")
    print(f"{before}\n\n{table(figures)}\n", flush=True)
