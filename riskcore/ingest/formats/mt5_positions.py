"""MetaTrader 5: history report with its table Positions only: closed trades."""

import re

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="mt5_positions",
    title="MetaTrader 5: history report (positions)",
    follows=Follows.TRADES,
    signature=("time", "time#2", "position", "symbol", "s / l", "profit"),
    time=("time#2",),
    key=(),
    kind=("type",),
    results=("commission", "fee", "swap", "profit"),
    ends=("results", "orders", "deals", "open positions", "working orders", "balance:"),
    account_in=re.compile(r"account:\s*([0-9]+)", re.IGNORECASE),
    as_of_in=re.compile(r"date:\s*([0-9.]{10} [0-9:]{5,8})", re.IGNORECASE),
    currency_in=re.compile(r"account:\s*[0-9]+ \(([A-Z]{3}),", re.IGNORECASE),
    closing={"balance": "balance:", "equity": "equity:"},
    remark="Net result is Profit with Commission and Swap. Times are those of the broker's "
    "server: state its zone, often Europe/Athens.",
)
