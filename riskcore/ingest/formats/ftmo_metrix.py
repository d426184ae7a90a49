"""FTMO MetriX: Trading Journal, one row for each closed trade of one account."""

from riskcore.ingest.format import Follows, Format

FORMAT = Format(
    name="ftmo_metrix",
    title="FTMO MetriX: trading journal",
    follows=Follows.TRADES,
    signature=("ticket", "open", "close", "commissions", "trade duration in seconds"),
    time=("close",),
    results=("profit", "swap", "commissions"),
    remark="Net result is Profit with Swap and Commissions. The file states no zone.",
)
