"""Rithmic: Trader Dashboard, one row for each account, without a time."""

from riskcore.domain.model import Basis
from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="rithmic_dashboard",
    title="Rithmic: Trader Dashboard",
    follows=Follows.SNAPSHOT,
    signature=("account", "account balance"),
    or_one_of=("auto liquidate*", "min account balance"),
    account=("account",),
    balance=("cash on hand", "account balance"),
    equity=("account balance",),
    basis=Basis.EQUITY,
    decimal_mark=".",
    remark="Equity is Account Balance, the closed balance is Cash On Hand; without that column "
    "both are Account Balance. The file has no time: state when it was exported.",
)
