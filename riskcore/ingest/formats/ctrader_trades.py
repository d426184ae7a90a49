"""cTrader: history without a column of the balance, one row for each closed deal."""

from riskcore.ingest.format import Follows, Format
from riskcore.ingest.stamps import DateOrder

FORMAT = Format(
    name="ctrader_trades",
    title="cTrader: history without balances",
    follows=Follows.TRADES,
    signature=("opening direction", "closing time", "net *"),
    time=("closing time",),
    key=("deal id",),
    results=("net *",),
    ends=("positions", "orders", "summary", "transactions"),
    date_order=DateOrder.DAY_FIRST,
    remark="Better, show the column Balance before you export: then the balance before the "
    "first trade need not be asked for.",
)
