"""MetaTrader 5: history report, its table Deals: the balance after each deal."""

import re

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="mt5_deals",
    title="MetaTrader 5: history report (deals)",
    follows=Follows.LEDGER,
    signature=("time", "deal", "direction", "profit", "balance"),
    time=("time",),
    balance=("balance",),
    key=("deal",),
    kind=("type",),
    results=("commission", "fee", "swap", "profit"),
    flows=("balance", "credit", "correction", "charge", "bonus"),
    ends=("results", "orders", "positions", "open positions", "working orders", "balance:"),
    account_in=re.compile(r"account:\s*([0-9]+)", re.IGNORECASE),
    as_of_in=re.compile(r"date:\s*([0-9.]{10} [0-9:]{5,8})", re.IGNORECASE),
    currency_in=re.compile(r"account:\s*[0-9]+ \(([A-Z]{3}),", re.IGNORECASE),
    closing={"balance": "balance:", "equity": "equity:"},
    remark="Times are those of the broker's server: state its zone, often Europe/Athens.",
)
