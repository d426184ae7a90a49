"""Turns: several ways to the same answer, measured one after the other, again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter


def in_turns(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """How many ms each of `ways` took in rounds in which they take turns, after a first one."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            began = perf_counter()
            way()
            taken[name].append((perf_counter() - began) * 1_000)
    return {name: several[1:] for name, several in taken.items()}
