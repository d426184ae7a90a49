"""Tradovate: Account Balance History, one row for each account and day."""

from datetime import time

from riskcore.domain.model import Basis
from riskcore.ingest.format import DayClose, Follows, Format

FORMAT = Format(
    name="tradovate_balance_history",
    title="Tradovate: Account Balance History",
    follows=Follows.DAY,
    signature=("account id", "trade date", "total amount"),
    account=("account name", "account id"),
    time=("trade date",),
    balance=("total amount",),
    results=("total realized pnl",),
    basis=Basis.END_OF_DAY,
    day_close=DayClose(time(15, 59, 59), "America/Chicago"),
    decimal_mark=".",
    remark="A day counts at the last second before the close of 16:00 Chicago; one that is not "
    "over yet is refused.",
)
