"""Format: how one platform's export is declared; its reader is in exports.py."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import Enum

from riskcore.domain.model import Basis
from riskcore.ingest.stamps import DateOrder


class Follows(Enum):
    """How balance and equity follow from a row."""

    SNAPSHOT = "the row has both"
    LEDGER = "the row has the closed balance after it"
    DAY = "the row has the closed balance at the end of a day"
    TRADES = "the balance before the first row, and the results so far"


@dataclass(frozen=True, slots=True)
class DayClose:
    """When a day of a daily file is over: the last second of it, local to `zone`."""

    clock: time
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One export of one platform. Names of columns are written as `plain_names` does.

    A column is named in one or several ways, the surest first; `balance *` is any name that
    begins so, `time#2` the second of that name. `signature`: the header has all of these
    columns, and one of `or_one_of`. `results` are added up to a row's net result, `costs`
    taken off. A row is a cash flow where its `kind` column says one of `flows`, and no row
    of this table at all where it says one of `skipped`. `ends` are titles in a first cell
    that end the table. `account_in`, `as_of_in` and `currency_in` find what the lines above
    the header say, one group each. `closing` are labels of the balance and the equity at the
    end of the file, as of `as_of_in`. `decimal_mark`, `date_order`: as the platform writes;
    None: decided by the column.
    """

    name: str
    title: str
    follows: Follows
    signature: Sequence[str]
    or_one_of: Sequence[str] = ()
    account: Sequence[str] = ()
    time: Sequence[str] = ()
    flow_time: Sequence[str] = ()
    balance: Sequence[str] = ()
    equity: Sequence[str] = ()
    open_contracts: Sequence[str] = ()
    key: Sequence[str] = ()
    kind: Sequence[str] = ()
    results: Sequence[str] = ()
    costs: Sequence[str] = ()
    flows: Collection[str] = ()
    skipped: Collection[str] = ()
    ends: Collection[str] = ()
    account_in: re.Pattern[str] | None = None
    as_of_in: re.Pattern[str] | None = None
    currency_in: re.Pattern[str] | None = None
    closing: Mapping[str, str] = field(default_factory=dict)
    day_close: DayClose | None = None
    account_until: str = ""
    basis: Basis = Basis.CLOSED_BALANCE
    decimal_mark: str | None = None
    date_order: DateOrder | None = None
    remark: str = ""

    def is_header(self, names: Sequence[str]) -> bool:
        """Whether a row with these plain names is the header of this export."""
        has_all = all(place_of(names, (one,)) is not None for one in self.signature)
        some = self.or_one_of
        return has_all and (not some or any(place_of(names, (one,)) is not None for one in some))


NOTE = re.compile(r"\s*\((?:utc|gmt)[^()]*\)")
SAME = str.maketrans({"\xa0": " ", "\u202f": " ", "’": "'", "´": "'", "`": "'", "\ufeff": ""})


def plain_names(cells: Sequence[str]) -> list[str]:
    """Header names in small letters, spaces made one, `(UTC+8)` left off."""
    return [" ".join(NOTE.sub("", cell.translate(SAME).casefold()).split()) for cell in cells]


def place_of(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where the first of `wanted` that is there stands among `names`."""
    for name in wanted:
        name, _, which = name.partition("#")
        prefix = name[:-1] if name.endswith("*") else None
        found = [
            place
            for place, one in enumerate(names)
            if (one.startswith(prefix) if prefix is not None else one == name)
        ]
        if len(found) >= int(which or 1):
            return found[int(which or 1) - 1]
    return None
