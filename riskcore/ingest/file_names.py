"""File names: the account a name speaks of."""

from __future__ import annotations

import re

LOGIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{5,20}(?![0-9A-Za-z])")
DATE = re.compile(r"(?:19|20)[0-9]{6}(?:[0-9]{4,6})?")


def account_in_name(file_name: str) -> str | None:
    """The one long number in a name that is no date (`ReportHistory-51234567.html`)."""
    stem = file_name.rpartition(".")[0] or file_name
    numbers = {
        number for number in LOGIN.findall(stem.replace("_", " ")) if not DATE.fullmatch(number)
    }
    return numbers.pop() if len(numbers) == 1 else None
