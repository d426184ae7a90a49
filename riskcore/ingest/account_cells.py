"""Account cells: what the platform calls an account, as text."""

from __future__ import annotations

from functools import lru_cache

from riskcore.domain.errors import InvalidValue
from riskcore.domain.model import clean_name
from riskcore.ingest.escapes import unescaped
from riskcore.ingest.refusals import BadCell


@lru_cache(maxsize=4096)
def account_number(text: str) -> str:
    """The account as written, trimmed and NFC: leading zeros and long numbers stay.

    An apostrophe that keeps a spreadsheet from running it is left off: `'=1` is `=1`.

    Raises BadCell when it is blank, longer than a name, or has hidden characters.
    """
    if not text.strip():
        raise BadCell("is blank")
    try:
        return clean_name(unescaped(text.strip()), field="account")
    except InvalidValue as error:
        raise BadCell(str(error).removeprefix("account ")) from error
