"""Rule book: the rules of many accounts, each distinct rule once, by kind and position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from riskcore.domain.days import IntArray
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Rule
from riskcore.domain.rules.parameters import Parameters, fields_of

NONE = -1


@dataclass(frozen=True)
class RuleBook:
    """Which rule of each kind an account has.

    `distinct` are the different rules by kind, `fields` theirs as columns; `code` gives for
    each account position its place among them, NONE where it has none. Kinds that nobody
    has are left out.
    """

    distinct: dict[str, list[Rule]]
    fields: dict[str, Parameters]
    code: dict[str, IntArray]
    count: int

    @classmethod
    def of(cls, rules: Sequence[Iterable[Rule]]) -> RuleBook:
        """The book of accounts whose rules, by position, are `rules`."""
        places: dict[str, dict[Rule, int]] = {}
        codes: dict[str, IntArray] = {}
        for position, own in enumerate(rules):
            for rule in own:
                known = places.setdefault(rule.kind, {})
                code = codes.setdefault(rule.kind, np.full(len(rules), NONE, dtype=np.int64))
                code[position] = known.setdefault(rule, len(known))
        kinds = [kind for kind in KINDS if kind in places]
        return cls(
            distinct={kind: list(places[kind]) for kind in kinds},
            fields={kind: fields_of(list(places[kind])) for kind in kinds},
            code={kind: codes[kind] for kind in kinds},
            count=len(rules),
        )

    def take(self, positions: npt.NDArray[np.int64]) -> RuleBook:
        """The book of the accounts at `positions`, in that order."""
        codes = {kind: code[positions] for kind, code in self.code.items()}
        kinds = [kind for kind, code in codes.items() if (code != NONE).any()]
        return RuleBook(
            distinct={kind: self.distinct[kind] for kind in kinds},
            fields={kind: self.fields[kind] for kind in kinds},
            code={kind: codes[kind] for kind in kinds},
            count=len(positions),
        )

    def joined(self, other: RuleBook) -> RuleBook:
        """The book of this one's accounts with those of `other` behind them."""
        return RuleBook.of([*self._rules(), *other._rules()])

    def _rules(self) -> Iterator[list[Rule]]:
        for position in range(self.count):
            yield [
                self.distinct[kind][code[position]]
                for kind, code in self.code.items()
                if code[position] != NONE
            ]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that some account has, in the registry's order."""
        return tuple(self.distinct)

    def has(self, kind: str) -> npt.NDArray[np.bool_]:
        """Which accounts have a rule of `kind`."""
        owned: npt.NDArray[np.bool_] = self.code[kind] != NONE
        return owned

    @cached_property
    def needs(self) -> frozenset[str]:
        """The columns of the timeline that the rules read."""
        every = (rule.needs() for rules in self.distinct.values() for rule in rules)
        return frozenset().union(*every)

    def flags(self, name: str) -> npt.NDArray[np.bool_]:
        """Account × kind: whether the account's rule of the kind says yes to `name`."""
        wide = np.zeros((self.count, len(self.kinds)), dtype=bool)
        for column, kind in enumerate(self.kinds):
            says = np.array([*(getattr(rule, name) for rule in self.distinct[kind]), False])
            wide[:, column] = says[self.code[kind]]  # NONE is the last: no
        return wide
