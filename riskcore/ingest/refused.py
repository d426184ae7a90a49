"""Refused rows: as a CSV that can be corrected and sent again."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

from riskcore.ingest.reading_result import Reading

MOST_ROWS = 50_000
WHY = "why refused"


def refused_rows(reading: Reading) -> str:
    """The header and the refused rows of a file as they are, each with its reasons behind it.

    At most 50,000 rows; "" when none was refused. The last column is no data: it is left
    alone when the file is sent again. Cells are not escaped: they are the sender's own.
    """
    if not reading.refusals:
        return ""
    reasons: dict[int, list[str]] = defaultdict(list)
    for refusal in reading.refusals:
        said = f"{refusal.column}: {refusal.reason}" if refusal.column else refusal.reason
        reasons[refusal.line].append(said)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*reading.header, WHY])
    written, width = 0, len(reading.header)
    for first, _, cells in reading.again():
        if first in reasons and written < MOST_ROWS:
            written += 1
            row = [*cells[:width], *[""] * (width - len(cells))]
            writer.writerow([*row, f"line {first}: " + "; ".join(reasons[first])])
    return out.getvalue()
