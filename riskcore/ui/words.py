"""Words: statuses, ages and names as people read them.

Names are typed by people: in Markdown they go through `escape`, elsewhere as plain text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import punctuation
from uuid import UUID

from riskcore.domain.model import Account, Basis
from riskcore.domain.reasons import instant_text, span_text
from riskcore.domain.status import Status


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks: its icon, and its colour by name (in text) and by value (in charts)."""

    icon: str
    color: str
    value: str


LOOKS: Mapping[Status, Look] = {
    Status.SAFE: Look(":material/check_circle:", "green", "#009E73"),
    Status.UNKNOWN: Look(":material/help:", "gray", "#8C96A3"),
    Status.CAUTION: Look(":material/warning:", "yellow", "#E69F00"),
    Status.CRITICAL: Look(":material/error:", "orange", "#D55E00"),
    Status.VIOLATED: Look(":material/dangerous:", "red", "#A3123A"),
}


def badge(status: Status) -> str:
    """A status as Markdown: icon, word and colour."""
    look = LOOKS[status]
    return f":{look.color}-badge[{look.icon} {status.name}]"


# Streamlit looks for these in text whose backslashes are gone already (an icon, an address, an
# arrow), so a neutral span must part them as well.
PARTED = re.compile(r"[:@]|(?<=www)\.|[<>=~-](?=[<>=~-])", re.IGNORECASE)


def escape(text: str) -> str:
    """`text` as Markdown that shows exactly these characters."""
    return "".join(_literal(text, position) for position in range(len(text)))


def _literal(text: str, position: int) -> str:
    character = text[position]
    if character not in punctuation:
        return character
    return f":color[\\{character}]" if PARTED.match(text, position) else f"\\{character}"


NOBODY = "no account"


def called(account_id: UUID | None, names: Mapping[UUID, str]) -> str:
    """An account's name, bold; Markdown."""
    return f"**{escape(NOBODY if account_id is None else names.get(account_id, NOBODY))}**"


BASES: Mapping[Basis, str] = {
    Basis.EQUITY: "equity with open positions",
    Basis.CLOSED_BALANCE: "closed balances only",
    Basis.END_OF_DAY: "one reading a day",
}


def basis_words(basis: Basis) -> str:
    """What numbers rest on: `from one reading a day`."""
    return f"from {BASES[basis]}"


def counted(count: int, noun: str) -> str:
    """How many: `1 row`, `2,000 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "."


def age_text(taken_at: datetime | None, now: datetime) -> str:
    """How old something is: `3 s ago`, `2 h 10 min ago`; None is `no data yet`."""
    return "no data yet" if taken_at is None else f"{span_text(now - taken_at)} ago"


def when_text(taken_at: datetime | None, now: datetime) -> str:
    """When something was, and how old it is: `2026-11-12 14:03 UTC, 3 s ago`."""
    if taken_at is None:
        return age_text(taken_at, now)
    return f"{instant_text(taken_at)}, {age_text(taken_at, now)}"


def account_labels(accounts: Iterable[Account]) -> dict[UUID, str]:
    """What to call each account, no two alike: its name, where that is shared its number too."""
    accounts = list(accounts)
    shared = Counter(account.name for account in accounts)
    labels = {
        account.id: account.name if shared[account.name] == 1 else _numbered(account)
        for account in accounts
    }
    return (
        labels
        if len(set(labels.values())) == len(labels)
        else {account.id: f"{_numbered(account)} [{account.id}]" for account in accounts}
    )


def _numbered(account: Account) -> str:
    return f"{account.name} ({account.number})"
