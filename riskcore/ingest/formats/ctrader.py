"""cTrader: history and statement, the balance after each closed deal."""

from riskcore.ingest.format import Follows, Format
from riskcore.ingest.stamps import DateOrder

FORMAT = Format(
    name="ctrader",
    title="cTrader: history",
    follows=Follows.LEDGER,
    signature=("opening direction", "closing time", "balance *"),
    time=("closing time",),
    balance=("balance *",),
    key=("deal id",),
    results=("net *",),
    ends=("positions", "orders", "summary", "transactions"),
    date_order=DateOrder.DAY_FIRST,
    remark="The zone is in the name of the column Closing time, or is asked for. Deposits have "
    "no row: they show as balances that do not add up.",
)
