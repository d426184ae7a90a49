"""Money cells: an amount to the cent, or the reason why it cannot be known."""

from __future__ import annotations

import re

from riskcore.ingest import amounts

PLAIN = re.compile(r"([+-]?[0-9]{1,13})(?:\.([0-9]{1,2}))?")


def cents(text: str, mark: str | None = None) -> int:
    """The amount in cents, exact; raises BadCell.

    Digits with at most two decimals behind a point are quickly read; everything else as
    in `amounts`, whose `mark` is the decimal mark of the column, None where not known.
    """
    match = None if mark == amounts.COMMA else PLAIN.fullmatch(text)
    if match is None:
        return amounts.cents(text, mark)
    whole, fraction = match.groups("00")
    return int(whole + fraction.ljust(2, "0"))
