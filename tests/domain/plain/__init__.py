"""The rulebook in plain Python: one account, one snapshot after the other, whole cents.

It is written from what the rules say, in whole numbers and fractions, and shares no
arithmetic with riskcore.domain. Every number is in hundredths of its unit: cents, hundredths
of a contract, of a day. None is unknown.
"""

from tests.domain.plain.levels import level
from tests.domain.plain.replay import Answer, Replay, answers, is_broken, told
from tests.domain.plain.whole import Cents, amount_or_part, cents

__all__ = [
    "Answer",
    "Cents",
    "Replay",
    "amount_or_part",
    "answers",
    "cents",
    "is_broken",
    "level",
    "told",
]
