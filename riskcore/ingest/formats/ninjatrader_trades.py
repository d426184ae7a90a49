"""NinjaTrader: Trade Performance, the Trades grid, one row for each closed trade."""

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="ninjatrader_trades",
    title="NinjaTrader: Trades",
    follows=Follows.TRADES,
    signature=("instrument", "profit"),
    or_one_of=("exit time", "heure de sortie"),
    account=("account", "compte"),
    time=("exit time", "heure de sortie"),
    results=("profit",),
    account_until="!",
    remark="Profit is net already. Times are those of the exporting computer: state its zone. "
    "The grid must show money, not ticks or percent.",
)
