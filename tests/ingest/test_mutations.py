"""Mutations: damaged exports are read or refused, quickly, and no row of them is lost.

FILES says how many are tried, 20,000 unless the environment says otherwise.
"""

from __future__ import annotations

import io
import os
import random
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from riskcore.ingest.reading import Reading, read_file
from riskcore.ingest.refusals import UnreadableFile
from riskcore.ingest.refused import refused_rows
from tests.ingest.samples import NOW, answers_of, expected, samples

FILES = int(os.environ.get("FILES", "20000"))
SECONDS = 2.0
SEED = 7741

PIECES = [
    *(bytes([one]) for one in b',;|\t\r\n" \x00.-+:/()$=<>&0123456789'),
    *(
        b"NaN",
        b"1,234",
        b"1.234",
        b"(5.00)",
        b"- 5",
        b"\xc2\xa0",
        b"\xe2\x80\x93",
        b"\xff",
        b"\xff\xfe",
    ),
    *(
        b"sep=;\r\n",
        b"\r\n\r\n",
        b'""',
        b"<td>",
        b"</tr>",
        b"<td colspan=9>",
        b"<table>",
        b"&nbsp;",
    ),
    *(b"Deals\r\n", b"Results", b"balance", b"Total", b"03/04/2026", b"2026-02-30", b"99:99"),
]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with up to six pieces changed, put in, left out, doubled, swapped or cut off."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        where = chance.randrange(len(changed) + 1)
        length = min(chance.choice((1, 1, 2, 8, 40, 200)), len(changed) - where)
        match chance.randrange(6):
            case 0:
                changed[where : where + length] = chance.choice(PIECES)
            case 1:
                changed[where:where] = chance.choice(PIECES)
            case 2:
                del changed[where : where + length]
            case 3:
                changed[where:where] = changed[where : where + length]
            case 4:
                other = chance.randrange(len(changed) + 1)
                changed[where : where + length] = changed[other : other + length]
            case _:
                if chance.random() < 0.2:
                    del changed[where:]
    return bytes(changed)


def damaged_file(data: bytes, chance: random.Random) -> bytes:
    """A file damaged in its bytes; a workbook as often in the rows of its sheet."""
    if not data.startswith(b"PK") or chance.random() < 0.5:
        return mutated(data, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for part in before.infolist():
            content = before.read(part)
            is_sheet = part.filename.endswith("sheet1.xml")
            after.writestr(part.filename, mutated(content, chance) if is_sheet else content)
    return out.getvalue()


def check(reading: Reading) -> None:
    """Nothing was lost and nothing was made up."""
    rows, refused = reading.rows, {refusal.line for refusal in reading.refusals}
    assert reading.rows_read == len(rows) + len(refused) + reading.duplicates
    assert refused.isdisjoint(rows["line"])
    assert not rows.duplicated(["account", "taken_at"]).any()
    for money in (rows["balance"], rows["equity"]):
        assert np.isfinite(money).all()
        assert (money.abs() < 1e13).all()
        assert (money == money.round(2)).all()
    assert all(refusal.reason and refusal.value.isprintable() for refusal in reading.refusals)
    assert bool(refused_rows(reading)) == bool(refused)


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_damaged_export_is_read_or_refused_and_no_row_is_lost(sample: Path) -> None:
    answers = answers_of(expected(sample)["answers"])
    chance = random.Random(f"{SEED} {sample.name}")
    data, slowest, sentences = sample.read_bytes(), 0.0, set()
    for _ in range(FILES // len(samples())):
        damaged = damaged_file(data, chance)
        started = time.process_time()
        try:
            check(read_file(damaged, now=NOW, answers=answers, file_name=sample.name))
        except UnreadableFile as error:
            sentences.add(str(error))
        slowest = max(slowest, time.process_time() - started)
    assert slowest < SECONDS
    assert all(sentence.isprintable() for sentence in sentences)
