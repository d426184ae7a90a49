"""Running: the desk as a person starts it, as a process of its own, and what it costs.

with running_desk(folder) as desk:      # over folder/desk.duckdb, made when missing
    with Spent(desk.process.pid) as spent: ...
"""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter
from typing import Self

from tests.browser.running_desk import ROOT as ROOT
from tests.browser.running_desk import RunningDesk as RunningDesk
from tests.browser.running_desk import running_desk as running_desk

TICKS = os.sysconf("SC_CLK_TCK")
MEBIBYTE = 2**20


def cpu_seconds(pid: int) -> float:
    """How long a process has kept a core busy so far, by itself and in the kernel; Linux."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mebibytes(pid: int) -> float:
    """How much memory a process holds; Linux."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEBIBYTE


class Spent:
    """What a process does in a while: `share` of one core, over `seconds`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.share = self.seconds = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._began = cpu_seconds(self.pid), perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = perf_counter() - self._began
        self.share = (cpu_seconds(self.pid) - self._cpu) / self.seconds
