"""Desk: the one running set of database, board and hub."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from riskcore.live.board import Board
from riskcore.live.hub import Hub
from riskcore.live.ticker import Ticker
from riskcore.store import accounts as stored_accounts
from riskcore.store import copying as stored_copying
from riskcore.store import groups as stored_groups
from riskcore.store import snapshots as stored_snapshots
from riskcore.store.database import Database

LOCAL_USER = "local"

DATABASE = "WEAKEST_LINK_DATABASE"
DEFAULT_DATABASE = Path(__file__).resolve().parents[2] / "data" / "weakest_link.duckdb"

Clock = Callable[[], datetime]


def database_path() -> Path:
    """Where the database of this desk is, as the environment says, or in the usual place."""
    return Path(os.environ.get(DATABASE) or DEFAULT_DATABASE)


def utc_now() -> datetime:
    """The time now, aware, UTC: the only clock of the desk."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every verb works on. `clock` gives the time now, aware, UTC."""

    database: Database
    board: Board
    hub: Hub
    ticker: Ticker
    clock: Clock

    def close(self) -> None:
        """Stop telling, then stop writing; what was acknowledged is stored."""
        self.hub.close()
        self.ticker.stop()
        self.database.close()


def open_desk(path: Path, clock: Clock = utc_now) -> Desk:
    """The desk over the database at `path` (made when there is none).

    Raises StoreUnavailable with the remedy when the file cannot be used.
    """
    database = Database(path)
    board = Board(lambda accounts: stored_snapshots.select_history(database, accounts))
    board.start(
        stored_accounts.select_all_accounts(database),
        stored_groups.select_all_groups(database),
        stored_copying.select_all_links(database),
    )
    hub = Hub()
    ticker = Ticker(board, hub, clock)
    ticker.start()
    return Desk(database=database, board=board, hub=hub, ticker=ticker, clock=clock)


_running: list[Desk] = []


def run_desk(path: Path) -> Desk:
    """Open the desk of this process; pages, REST and sockets share it."""
    desk = open_desk(path)
    _running.append(desk)
    return desk


def the_desk() -> Desk:
    """The desk of this process; raises when none is open."""
    if not _running:
        raise RuntimeError("the desk is not open: start it with run_desk")
    return _running[-1]


def stop_desk() -> None:
    """Close the desk of this process."""
    while _running:
        _running.pop().close()
