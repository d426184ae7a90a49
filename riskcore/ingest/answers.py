"""Answers: what a person says of a file that the file does not say itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from riskcore.ingest.columns import ColumnMap
from riskcore.ingest.stamps import DateOrder


class Question(StrEnum):
    """What a file leaves open."""

    ACCOUNT = "account"
    AS_OF = "as_of"
    TIME_ZONE = "time_zone"
    DATE_ORDER = "date_order"
    DECIMAL_MARK = "decimal_mark"
    STARTING_BALANCE = "starting_balance"


ASKED: Mapping[Question, str] = {
    Question.ACCOUNT: "which account the file is of (account_number)",
    Question.AS_OF: "when it was exported (as_of)",
    Question.TIME_ZONE: "the zone of its times (time_zone)",
    Question.DATE_ORDER: "whether its dates begin with the day or the month (date_order)",
    Question.DECIMAL_MARK: "whether its decimal mark is a point or a comma (decimal_mark)",
    Question.STARTING_BALANCE: "the balance before its first trade (starting_balance)",
}
"""Each question in words, with the name of its answer in the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is stated of a file; None: not stated.

    `starting_balances` by account as written: the balance before the file's first trade of
    it; "" stands for every account that is not named.
    """

    account: str | None = None
    as_of: datetime | None = None
    time_zone: str | None = None
    date_order: DateOrder | None = None
    decimal_mark: str | None = None
    starting_balances: Mapping[str, float] = field(default_factory=dict)
    columns: ColumnMap | None = None

    def starting_balance(self, account: str) -> float | None:
        """What was in `account` before the file's first trade."""
        return self.starting_balances.get(account, self.starting_balances.get(""))


NOTHING_SAID = Answers()
