"""Taking many rows at once says the same as taking them one by one."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
import pytest

from riskcore.ingest import bulk, taking
from riskcore.ingest.reading import Reading, read_file
from riskcore.ingest.refusals import UnreadableFile
from tests.ingest.samples import NOW
from tests.ingest.test_mutations import mutated

SEED = 417
CELLS = (
    "A1", "007", " A1", "é", "=1", "", "1", "-1", "1.5", "-0.05", "1.234", "1,5", ".5", "5.", "1e3",
    "--1", "1-", "-", "nan", "inf", "12345678901234", "0050.00", "+1", "1..2", "1.2.3", " 2.00",
    "2026-11-20 10:00Z", "2026-11-20T10:00:00.123456Z", "20/11/2026 10:00Z", "x" * 81,
)  # fmt: skip


def rows(chance: random.Random, count: int) -> bytes:
    """A file of mostly good rows."""
    lines = ["account,time,balance,equity,note"]
    for number in range(count):
        cells = [
            f"A{chance.randrange(5)}",
            f"2026-11-{chance.randrange(1, 20):02d} 10:{number % 60:02d}:{number % 7:02d}Z",
            f"{chance.randrange(-(10**7), 10**7) / 100:.2f}",
            chance.choice(
                (f"{chance.randrange(10**6) / 100:.2f}", f"{chance.randrange(99)}", "7.5")
            ),
            "",
        ]
        if chance.random() < 0.2:
            cells[chance.randrange(5)] = chance.choice(CELLS)
        if chance.random() < 0.03:
            cells = chance.choice(([], [""] * 5, cells[:3], [*cells, "x"], lines[0].split(",")))
        lines.append(",".join(cells))
    return chance.choice(("\n", "\r\n")).join(lines).encode()


def says(data: bytes) -> Reading | str:
    try:
        return read_file(data, now=NOW)
    except UnreadableFile as error:
        return str(error)


@pytest.fixture
def both_ways(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], tuple[object, object]]:
    """What a file says, read one by one and many at once in small pieces."""
    monkeypatch.setattr(bulk, "PIECE", 400)

    def read(data: bytes) -> tuple[object, object]:
        monkeypatch.setattr(taking, "FEWEST_AT_ONCE", 1 << 40)
        alone = says(data)
        monkeypatch.setattr(taking, "FEWEST_AT_ONCE", 0)
        return alone, says(data)

    return read


def check_same(one: object, other: object) -> None:
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert isinstance(one, Reading)
    assert isinstance(other, Reading)
    pd.testing.assert_frame_equal(one.rows, other.rows, check_exact=True)
    assert sorted(map(str, one.refusals)) == sorted(map(str, other.refusals))
    for name in ("rows_read", "duplicates", "questions", "left_out", "columns"):
        assert getattr(one, name) == getattr(other, name)


def test_many_at_once_is_the_same_as_one_by_one(both_ways) -> None:
    chance = random.Random(SEED)
    taken = 0
    for _ in range(400):
        one, other = both_ways(rows(chance, chance.randrange(1, 60)))
        check_same(one, other)
        taken += len(one.rows) if isinstance(one, Reading) else 0
    assert taken > 4_000


def test_damaged_files_are_the_same_both_ways(both_ways) -> None:
    chance = random.Random(SEED)
    for _ in range(1_500):
        check_same(*both_ways(mutated(rows(chance, 30), chance)))


@pytest.mark.parametrize("amount", CELLS)
def test_each_way_of_writing_an_amount_is_the_same_both_ways(both_ways, amount: str) -> None:
    text = f"account,time,balance,equity\nA,2026-11-20 10:00Z,{amount},1.25\n"
    check_same(*both_ways((text + "B,2026-11-20 10:00Z,7.10,-8\n").encode()))


def test_large_files_are_taken_at_once() -> None:
    """Otherwise the tests above would compare nothing."""
    chance = random.Random(SEED)
    data = rows(chance, 3_000)
    assert len(data) > taking.FEWEST_AT_ONCE
    assert read_file(data, now=NOW).rows_read > 2_900
