"""What DuckDB says when a file fails it, as one sentence with the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from riskcore.domain.errors import StoreUnavailable

NOT_TODAY = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn a failure of the file, the disk or the engine into StoreUnavailable.

    A mistake in a statement stays what it is.
    """
    try:
        yield
    except duckdb.ConnectionException as error:
        raise StoreUnavailable("the database is closed: start the desk again") from error
    except duckdb.Error as error:
        # duckdb 2.0 reports a damaged block as a bare Error.
        if isinstance(error, NOT_TODAY) or type(error) is duckdb.Error:
            raise StoreUnavailable(
                f"the database cannot be used now ({first_line(error)}): stop the desk, "
                "make sure that its disk is sound and has room, and start it again"
            ) from error
        raise


def opening_failure(path: Path, error: Exception) -> StoreUnavailable:
    """Why the database at `path` cannot be opened, and what to do; the file is left as it was."""
    text = first_line(error)
    if "Could not set lock" in text:
        return StoreUnavailable(
            f"another process{holder(text)} has the database {path} open: "
            "stop that desk first, or set WEAKEST_LINK_DATABASE to another file"
        )
    if "configuration has been locked" in text or "different configuration" in text:
        return StoreUnavailable(
            f"this process has the database {path} open already: close it before opening it again"
        )
    if "Corrupt" in text or "valid DuckDB" in text or "enough bytes" in text:
        return StoreUnavailable(
            f"the database {path} is damaged or is no database ({text}): put a backup "
            "in its place, or set WEAKEST_LINK_DATABASE to another file"
        )
    return StoreUnavailable(
        f"the database {path} cannot be opened ({text}): make sure that the file and its "
        "folder can be read and written, or set WEAKEST_LINK_DATABASE to another file"
    )


def holder(text: str) -> str:
    """The process that holds the lock, where DuckDB names it: ` (PID 123)`."""
    found = re.search(r"\(PID \d+\)", text)
    return f" {found.group()}" if found else ""


def first_line(error: Exception) -> str:
    """What DuckDB says, without the advice below it."""
    return str(error).strip().split("\n")[0].removeprefix("IO Error: ").split(" See also ")[0]
