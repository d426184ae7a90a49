"""NinjaTrader: the Accounts grid of the Control Center, one row for each account, no time."""

from riskcore.domain.model import Basis
from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="ninjatrader_accounts",
    title="NinjaTrader: Accounts grid",
    follows=Follows.SNAPSHOT,
    signature=("display name", "cash value", "net liquidation"),
    account=("display name",),
    balance=("cash value",),
    equity=("net liquidation",),
    account_until="!",
    basis=Basis.EQUITY,
    remark="The file has no time: state when it was exported.",
)
