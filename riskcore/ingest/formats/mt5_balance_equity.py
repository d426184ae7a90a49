"""MetaTrader 5: the balance and equity graph of the tester or a signal, as text."""

from riskcore.domain.model import Basis
from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="mt5_balance_equity",
    title="MetaTrader 5: balance and equity",
    follows=Follows.SNAPSHOT,
    signature=("<date>", "<balance>", "<equity>"),
    time=("<date>",),
    balance=("<balance>",),
    equity=("<equity>",),
    basis=Basis.EQUITY,
    decimal_mark=".",
    remark="Times are those of the broker's server: state its zone, often Europe/Athens.",
)
