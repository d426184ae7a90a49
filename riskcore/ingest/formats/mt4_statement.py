"""MetaTrader 4: statement, closed trades and the balance and equity at its end."""

import re

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="mt4_statement",
    title="MetaTrader 4: statement",
    follows=Follows.TRADES,
    signature=("ticket", "open time", "close time", "commission", "swap"),
    or_one_of=("profit", "trade p/l"),
    time=("close time",),
    flow_time=("open time",),
    key=("ticket",),
    kind=("type",),
    results=("commission", "commis", "taxes", "swap", "profit", "trade p/l"),
    flows=("balance", "credit"),
    skipped=("buy limit", "sell limit", "buy stop", "sell stop"),
    ends=("open trades:", "working orders:", "summary:", "closed p/l:"),
    account_in=re.compile(r"(?:account|a/c no):\s*([0-9]+)", re.IGNORECASE),
    as_of_in=re.compile(r"\b([0-9]{4} [A-Z][a-z]+ [0-9]{1,2}, [0-9]{1,2}:[0-9]{2})"),
    currency_in=re.compile(r"currency:\s*([A-Z]{3})\b", re.IGNORECASE),
    closing={"balance": "balance:", "equity": "equity:"},
    decimal_mark=".",
    remark="The balance before the first trade follows from the balance at the end. Times are "
    "those of the broker's server: state its zone, often Europe/Athens.",
)
