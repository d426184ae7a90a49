"""Columns: which column of a file holds the account, the time, the balance, the equity, ..."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from riskcore.ingest.refusals import UnreadableFile, shown

NAMES: Mapping[str, tuple[str, ...]] = {
    "account": (
        "account",
        "account id",
        "account number",
        "account no",
        "account name",
        "login",
    ),
    "taken_at": (
        "taken at",
        "time",
        "timestamp",
        "datetime",
        "date time",
        "snapshot time",
        "as of",
        "date",
    ),
    "balance": (
        "balance",
        "closed balance",
        "cash balance",
        "cash value",
        "cash on hand",
        "account balance",
    ),
    "equity": (
        "equity",
        "account equity",
        "total equity",
        "net liquidation",
        "net liquidation value",
        "net liq",
        "net liquidity",
        "net asset value",
        "account value",
    ),
    "open_contracts": (
        "open contracts",
        "contracts",
        "position size",
    ),
    "basis": ("basis",),
}
"""The header names each field is recognised by, the surest first, as `_plain` writes them."""

NEEDED = ("account", "taken_at", "balance", "equity")
"""The fields without which no row is a snapshot."""

STATED: Mapping[str, str] = {
    "account": "account: choose one, or state the account of the file",
    "taken_at": "time: choose one, or state the time of the file",
}
"""What may be said of a whole file in place of a column, and how to say that neither is."""

UNSAID: Mapping[str, Any] = {"account": None, "taken_at": None, "equity": None}

NAMES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The header names, as in the file, of the columns a snapshot is read from.

    None: the file does not say. Without an account or a time, one is stated for the whole
    file; without equity, it is the balance: of closed trades only.
    """

    account: str | None
    taken_at: str | None
    balance: str
    equity: str | None
    open_contracts: str | None = None
    basis: str | None = None


def propose_columns(header: Sequence[str]) -> dict[str, str]:
    """The header name for each field that is recognised; others are left out.

    The surest name wins; where two columns share it ("Time (UTC)", "Time (local)"), the
    field is left out, for a person to choose.
    """
    found = {field: _recognised(header, names) for field, names in NAMES.items()}
    return {field: name for field, name in found.items() if name is not None}


def choose_columns(
    header: Sequence[str], columns: ColumnMap | None, stated: Collection[str] = ()
) -> ColumnMap:
    """`columns` as the header spells them, or the proposed ones; raises UnreadableFile.

    `stated` are the fields (account, taken_at) that are said of the whole file.
    """
    if columns is None:
        proposed: dict[str, Any] = {**propose_columns(header)}
        missing = [field for field in NEEDED if field not in proposed and field not in stated]
        if missing:
            raise UnreadableFile(_unrecognised(header, missing))
        return ColumnMap(**{**UNSAID, **proposed})
    named = {field: name for field, name in asdict(columns).items() if name is not None}
    for field, why in STATED.items():
        if field not in named and field not in stated:
            raise UnreadableFile(f"no column is chosen for the {why}")
    spelled = {field: _spelled(header, name) for field, name in named.items()}
    return ColumnMap(**{**UNSAID, **spelled})


def _recognised(header: Sequence[str], names: Sequence[str]) -> str | None:
    for known in names:
        matching = [name for name in header if _plain(name) == known]
        if matching:
            return matching[0] if len(matching) == 1 else None
    return None


def _plain(name: str) -> str:
    """`name` in small letters without marks: `<Taken_At>` and `Taken at (UTC)`: `taken at`."""
    without_note = re.sub(r"\([^()]*\)\s*$", "", name)
    return " ".join(re.split(r"[\W_]+", without_note.casefold())).strip()


def _spelled(header: Sequence[str], name: str) -> str:
    wanted = name.strip().casefold()
    for found in header:
        if wanted and found.casefold() == wanted:
            if sum(one.casefold() == wanted for one in header) > 1:
                raise UnreadableFile(f"the header has several columns called {shown(found)}")
            return found
    raise UnreadableFile(f"the file has no column {shown(name)!r}: found {_listed(header)}")


def _unrecognised(header: Sequence[str], missing: Sequence[str]) -> str:
    for key, count in Counter(name.casefold() for name in header if name).items():
        if count > 1 and any(_plain(key) in NAMES[field] for field in missing):
            return f"the header has {count} columns called {shown(key)}"
    wanted = " and ".join(field.replace("taken_at", "time") for field in missing)
    return (
        f"no column of the file is recognised as {wanted}: found {_listed(header)}; "
        "needed are account, time, balance and equity"
    )


def _listed(header: Sequence[str]) -> str:
    names = [shown(name) or "(unnamed)" for name in header]
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
