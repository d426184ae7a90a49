"""Tradovate: Cash History, one row for each movement of cash."""

from riskcore.ingest.format import Follows, Format
from riskcore.ingest.stamps import DateOrder

FORMAT = Format(
    name="tradovate_cash_history",
    title="Tradovate: Cash History",
    follows=Follows.LEDGER,
    signature=("transaction id", "delta", "amount", "cash change type"),
    account=("account",),
    time=("timestamp",),
    balance=("amount",),
    key=("transaction id",),
    kind=("cash change type",),
    results=("delta",),
    flows=(
        "fund transaction",
        "deposit",
        "withdrawal",
        "payout",
        "challenge payout",
        "manual adjustment",
        "debit",
        "reset",
    ),
    decimal_mark=".",
    date_order=DateOrder.MONTH_FIRST,
    remark="Times are those of the browser that exported: state its zone.",
)
