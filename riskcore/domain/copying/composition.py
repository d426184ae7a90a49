"""Composition: what firms say of copying between their own accounts, and whether it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from riskcore.domain.model import Account
from riskcore.domain.money import money_text
from riskcore.domain.presets import Trust
from riskcore.domain.rules.position_limit import PositionLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmCopying:
    """What one firm says of copying; what is None it does not say.

    `may_copy` False: its accounts must not make the same trades. `most_copied` accounts at most
    in one copy group, the leader among them; `most_allocation` of starting balances together,
    in `currency`. `mixes_stages` False: nothing is copied
    between evaluation and funded accounts; `only_stage` names the one in which copying is
    allowed at all. `leads_smallest`: the leader has the smallest maximum size.
    `leads_itself`: the leader is one of its accounts. `evaluation` and `funded` are presets,
    by name. `trust` is how far the source goes; `said` its words in short.
    """

    firm: str
    source: str
    checked_on: date
    trust: Trust
    said: str
    currency: str = "USD"
    may_copy: bool | None = None
    most_copied: int | None = None
    most_allocation: float | None = None
    mixes_stages: bool | None = None
    only_stage: str | None = None
    leads_smallest: bool | None = None
    leads_itself: bool | None = None
    evaluation: tuple[str, ...] = ()
    funded: tuple[str, ...] = ()

    def stage(self, account: Account) -> str | None:
        """`evaluation` or `funded`, by the account's preset; None where that does not tell."""
        name = account.preset.name if account.preset else ""
        if name in self.evaluation:
            return "evaluation"
        return "funded" if name in self.funded else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether a firm's rule is kept (None: it cannot be told), and why."""

    firm: str
    rule: str
    is_kept: bool | None
    reason: str
    source: str
    checked_on: date
    trust: Trust


def findings(
    leader: Account, followers: Sequence[Account], firms: Mapping[str, FirmCopying]
) -> list[Finding]:
    """What the firms of a copy set's accounts say of it; `firms` by name, case folded."""
    members = [leader, *followers]
    names = dict.fromkeys(account.firm.casefold() for account in members)
    return [
        Finding(
            firm=firm.firm,
            rule=rule,
            is_kept=kept,
            reason=reason,
            source=firm.source,
            checked_on=firm.checked_on,
            trust=firm.trust,
        )
        for name in names
        if (firm := firms.get(name)) is not None
        for rule, kept, reason in _checked(
            firm, leader, [account for account in members if account.firm.casefold() == name]
        )
    ]


Check = tuple[bool | None, str]


def _checked(
    firm: FirmCopying, leader: Account, own: Sequence[Account]
) -> Iterator[tuple[str, bool | None, str]]:
    """Each rule of the firm on its `own` accounts of a copy set: its name, kept or not, why."""
    checks: Mapping[str, tuple[object, Callable[[], Check]]] = {
        "may_copy": (firm.may_copy is False or None, lambda: _may_copy(own)),
        "most_copied": (firm.most_copied, lambda: _most_copied(firm, own)),
        "most_allocation": (firm.most_allocation, lambda: _most_allocation(firm, own)),
        "mixes_stages": (firm.mixes_stages is False or None, lambda: _stages(firm, own)),
        "only_stage": (firm.only_stage, lambda: _only_stage(firm, own)),
        "leads_smallest": (firm.leads_smallest or None, lambda: _smallest(leader, own)),
        "leads_itself": (firm.leads_itself or None, lambda: _leads(firm, leader)),
    }
    for rule, (says, check) in checks.items():
        if says is not None:
            yield (rule, *check())


def _may_copy(own: Sequence[Account]) -> Check:
    return len(own) < 2, f"{len(own)} accounts make the same trades; identical trades are forbidden"


def _most_copied(firm: FirmCopying, own: Sequence[Account]) -> Check:
    most = firm.most_copied or 0
    return len(own) <= most, f"{len(own)} accounts are copied; at most {most} may be"


def _most_allocation(firm: FirmCopying, own: Sequence[Account]) -> Check:
    most = money_text(firm.most_allocation, firm.currency)
    starts = [account.starting_balance for account in own if account.currency == firm.currency]
    total = sum(start for start in starts if start is not None)
    known = len(starts) == len(own) and None not in starts
    together = f"{money_text(total, firm.currency)} together; at most {most}"
    if total > (firm.most_allocation or 0):
        return False, together
    if not known:
        return None, f"{together}; some starting balances are not known in {firm.currency}"
    return True, together


def _stages(firm: FirmCopying, own: Sequence[Account]) -> Check:
    stages = {firm.stage(account) for account in own}
    if {"evaluation", "funded"} <= stages:
        return False, "evaluation and funded accounts copy each other; they must not"
    if None in stages and len(own) > 1:
        return None, "whether all are evaluations, or all funded, is not known: give each a preset"
    return True, f"all are {next(iter(stages)) or 'of one kind'}; the two must not mix"


def _only_stage(firm: FirmCopying, own: Sequence[Account]) -> Check:
    stages = [firm.stage(account) for account in own]
    wrong = sum(stage not in (firm.only_stage, None) for stage in stages)
    rule = f"only {firm.only_stage} accounts may copy"
    if wrong:
        return False, f"{rule}; {wrong} of {len(own)} are not"
    if None in stages:
        return None, f"{rule}; of {stages.count(None)} the stage is not known: give it a preset"
    return True, rule


def _smallest(leader: Account, own: Sequence[Account]) -> Check:
    sizes: dict[UUID, float] = {
        account.id: rule.most_contracts
        for account in {one.id: one for one in (leader, *own)}.values()
        for rule in account.rules
        if isinstance(rule, PositionLimit)
    }
    rule = "the leader must have the smallest maximum size"
    if leader.id in sizes and sizes[leader.id] > min(sizes.values()):
        least = min(own, key=lambda account: sizes.get(account.id, float("inf")))
        return (
            False,
            f"{rule}; {least.name} has {min(sizes.values()):g} and it {sizes[leader.id]:g}",
        )
    if leader.id not in sizes or len(sizes) < len({leader.id, *(one.id for one in own)}):
        return None, f"{rule}; not every account has a position limit here"
    return True, rule


def _leads(firm: FirmCopying, leader: Account) -> Check:
    own = leader.firm.casefold() == firm.firm.casefold()
    return own, f"the leader must be an account of {firm.firm}"
