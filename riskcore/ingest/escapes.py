"""Escapes: text that a spreadsheet would run as a formula, made plain and read back."""

from __future__ import annotations

import re

RUNS = re.compile(r"'*[=+\-@\t\r]")


def escaped(text: str) -> str:
    """`text` with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if RUNS.match(text) else text


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return text[1:] if text.startswith("'") and RUNS.match(text) else text
