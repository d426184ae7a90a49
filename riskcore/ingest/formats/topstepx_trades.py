"""TopstepX (ProjectX): Trades, one row for each closed trade of one account."""

from riskcore.ingest.format import Follows, Format
from riskcore.ingest.stamps import DateOrder

FORMAT = Format(
    name="topstepx_trades",
    title="TopstepX: Trades",
    follows=Follows.TRADES,
    signature=("id", "contractname", "enteredat", "exitedat", "pnl", "tradeday"),
    time=("exitedat",),
    key=("id",),
    results=("pnl",),
    costs=("fees", "commissions"),
    decimal_mark=".",
    date_order=DateOrder.MONTH_FIRST,
    remark="Net result is PnL less Fees and Commissions.",
)
