"""TradingView: balance history of paper trading, one row for each closed position."""

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="tradingview_balance_history",
    title="TradingView: balance history",
    follows=Follows.LEDGER,
    signature=("time", "balance before", "balance after"),
    time=("time",),
    balance=("balance after",),
    results=("realized pnl (value)", "realized p&l (value)", "realized p&l", "realized pnl"),
    decimal_mark=".",
    remark="The file states neither its account nor the zone of its times.",
)
