"""Copy members are told from the same answers as the board's; trades and profits move them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from uuid import UUID

from riskcore.domain.copying.effective import effective_statuses
from riskcore.domain.copying.follow import copies_of
from riskcore.domain.copying.links import CopyLink
from riskcore.domain.copying.members import copy_members
from riskcore.domain.copying.on_board import leader_rooms, links_change_at_us
from riskcore.domain.copying.room import cap, leader_room
from riskcore.domain.copying.trades import gains, observed_after, observed_risen, outcomes
from riskcore.domain.days import NEVER
from riskcore.domain.model import Account, AccountRisk
from riskcore.domain.observe import Observed, observe
from riskcore.domain.risks import account_risks
from riskcore.domain.rules import rule_from
from riskcore.domain.rules.base import Action, Unit
from riskcore.domain.standing import Standing
from riskcore.domain.status import Status, Thresholds
from tests.domain.making import SATURDAY, Choice, made_account, made_history
from tests.domain.rulebook import Seen, account, stand

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
A, B = UUID(int=1), UUID(int=2)


def held(*accounts: Account, **seen: list[Seen]) -> tuple[Standing, Observed]:
    """Where accounts stand at noon after what was seen of them, by `a` and `b`."""
    standing = stand(accounts, {A: seen.get("a", []), B: seen.get("b", [])})
    return standing, observe(standing, NOON)


def seen(equity: float, balance: float = 50_000.0, **contracts: float) -> list[Seen]:
    """One snapshot, a minute before noon."""
    return [(NOON - timedelta(minutes=1), balance, equity, *contracts.values())]


def static(amount: float, number: int, **said: object) -> Account:
    """An account that is lost once it is more than `amount` under its start."""
    return account(rule_from("max_loss", {"limit_amount": amount, **said}), number=number)


def test_the_limit_that_costs_the_account_is_its_smallest_hard_buffer() -> None:
    for seed in range(300):
        random = Random(seed)
        own = [made_account(random, number, Choice()) for number in (1, 2)]
        standing = stand(own, {one.id: made_history(random, Choice()) for one in own})
        at = SATURDAY + timedelta(hours=random.randint(0, 120))
        observed = observe(standing, at)
        members = copy_members(observed, Thresholds())
        for risk in account_risks(observed, Thresholds()):
            _agrees(members[risk.account_id].hard, risk, standing)
            assert members[risk.account_id].status is risk.status


def _agrees(limit: object, risk: AccountRisk, standing: Standing) -> None:
    """The member's hard limit is the least of the account's answer, to the cent."""
    own = next(one for one in standing.accounts if one.id == risk.account_id)
    lefts = []
    for rule in own.rules:
        state = risk.limits.get(rule.kind)
        if state is None or rule.action is not Action.HARD:
            continue
        if state.status is Status.VIOLATED:
            lefts.append(-1)
        if rule.unit is Unit.MONEY and not rule.is_ceiling and state.buffer is not None:
            lefts.append(round(state.buffer * 100) - rule.touch_breaks)
    found = None if limit is None else limit.left  # type: ignore[attr-defined]
    assert found == min(lefts, default=None)


def test_a_break_that_latched_leaves_nothing_whatever_the_equity_is_now() -> None:
    history = [(NOON - timedelta(minutes=2), 50_000.0, 47_000.0), *seen(50_000.0)]
    _, observed = held(static(2_000, 1), a=history)
    member = copy_members(observed, Thresholds())[A]
    assert member.is_broken
    assert member.status is Status.VIOLATED


def test_without_a_snapshot_an_account_is_unknown_and_an_old_one_only_bounds() -> None:
    old: list[Seen] = [(NOON - timedelta(days=3), 50_000.0, 49_500.0)]
    _, observed = held(static(2_000, 1), static(2_000, 2), b=old)
    members = copy_members(observed, Thresholds())
    assert members[A].is_unknown
    assert (members[B].is_unknown, members[B].is_upper_bound) == (False, True)
    assert members[B].hard is not None
    assert members[B].hard.left == 1_500_00


def test_an_account_that_only_pauses_has_no_hard_limit_and_is_not_unknown() -> None:
    pausing = account(rule_from("daily_loss", {"limit_amount": 500, "action": "pause"}), number=1)
    _, observed = held(pausing, a=seen(49_900.0))
    member = copy_members(observed, Thresholds())[A]
    assert member.hard is None
    assert not member.is_unknown
    assert member.pause is not None
    assert member.pause.left == 400_00


def test_what_may_still_be_won_is_the_cap_or_the_best_days_part() -> None:
    """A cap of 600 a day, 250 won: 350. A best day of at most half of a target of 1,000: 500."""
    capped = account(rule_from("profit_cap", {"limit_amount": 600}), number=1)
    steady = account(
        rule_from("consistency", {"max_percent": 50, "target_amount": 1_000}), number=2
    )
    _, observed = held(capped, steady, a=seen(50_250.0, 50_250.0), b=seen(50_100.0, 50_100.0))
    members = copy_members(observed, Thresholds())
    copies = copies_of(
        A, [CopyLink(id=A, group_id=A, leader_id=A, follower_id=B, ratio=2)], members
    )
    assert members[A].cap is not None
    assert members[A].cap.left == 350_00
    assert members[B].cap is not None
    assert members[B].cap.left == 500_00 - 100_00
    assert leader_room(copies, limit_of=cap).cents == 400_00 // 2


def test_a_trade_that_is_stopped_costs_every_member_and_breaks_what_it_breaks() -> None:
    """
    account  buffer   contracts   stop 100.00 each   left
    leader   2,000    3           300                1,700
    copy     500      6           600                 −100: broken
    """
    _, observed = held(static(2_000, 1), static(2_000, 2), a=seen(50_000.0), b=seen(48_500.0))
    members = copy_members(observed, Thresholds())
    link = CopyLink(id=A, group_id=A, leader_id=A, follower_id=B, ratio=2)
    done = outcomes(copies_of(A, [link], members), Fraction(3), Fraction(100_00))
    after = copy_members(observed_after(observed, done), Thresholds())
    assert [(one.contracts, one.loss) for one in done] == [(3, 300_00), (6, 600_00)]
    assert after[A].hard is not None
    assert after[A].hard.buffer == 1_700
    assert after[A].status is Status.SAFE
    assert after[B].hard is not None
    assert after[B].hard.buffer == -100
    assert after[B].status is Status.VIOLATED
    assert members[B].status is not Status.VIOLATED


def test_a_trade_above_a_position_limit_breaks_it() -> None:
    """Two may be open: with two none is left, with three it is broken."""
    limited = account(
        rule_from("position_limit", {"most_contracts": 2}),
        rule_from("max_loss", {"limit_amount": 2_000}),
        number=1,
    )
    _, observed = held(limited, a=[(NOON - timedelta(minutes=1), 50_000.0, 50_000.0, 0.0)])
    members = copy_members(observed, Thresholds())
    assert members[A].contracts == 2
    for contracts, status in ((2, Status.CAUTION), (3, Status.VIOLATED)):
        done = outcomes(copies_of(A, [], members), Fraction(contracts), Fraction(1_00))
        after = copy_members(observed_after(observed, done), Thresholds())
        assert after[A].status is status


def test_after_a_profit_a_trailing_follower_can_be_the_first_to_break() -> None:
    """
    account  limit                       now     after the leader gains 1,000
    leader   2,000, fixed                2,000   3,000
    copy     2,200, trailing equity      2,200   2,200: the floor has risen with it
    """
    trailing = static(2_200, 2, trail="intraday_equity")
    standing, observed = held(static(2_000, 1), trailing, a=seen(50_000.0), b=seen(50_000.0))
    link = CopyLink(id=A, group_id=A, leader_id=A, follower_id=B)
    copies = copies_of(A, [link], copy_members(observed, Thresholds()))
    risen = observed_risen(standing, observed, gains(copies, 1_000_00), NOON)
    then = copies_of(A, [link], copy_members(risen, Thresholds()))
    assert [one.account_id for one in leader_room(copies).binding] == [A]
    assert leader_room(copies).cents == 2_000_00
    assert [one.account_id for one in leader_room(then).binding] == [B]
    assert leader_room(then).cents == 2_200_00


def test_a_profit_makes_no_stale_account_fresh() -> None:
    old: list[Seen] = [(NOON - timedelta(days=3), 50_000.0, 49_500.0)]
    standing, observed = held(static(2_000, 1), a=old)
    risen = observed_risen(standing, observed, {A: 100_00}, NOON)
    assert copy_members(risen, Thresholds())[A].is_stale


def test_over_the_reset_the_day_begins_anew() -> None:
    """500 a day, 300 of it lost in closed trades: 200 now, 500 after the reset."""
    daily = account(rule_from("daily_loss", {"limit_amount": 500}), number=1)
    _, observed = held(daily, a=seen(49_700.0, 49_700.0))
    now = copy_members(observed, Thresholds())[A].hard
    then = copy_members(observed, Thresholds(), is_after_reset=True)[A].hard
    assert now is not None
    assert then is not None
    assert (now.left, then.left) == (200_00, 500_00)


def test_an_account_is_no_better_than_the_worst_it_is_one_bet_with() -> None:
    _, observed = held(static(2_000, 1), static(2_000, 2), a=seen(50_000.0), b=seen(48_100.0))
    members = copy_members(observed, Thresholds())
    alone = effective_statuses(members, [])
    linked = effective_statuses(members, [[A, B]])
    assert (alone[A].effective, linked[A].effective) == (Status.SAFE, Status.CRITICAL)
    assert linked[A].through_id == B
    assert linked[A].reason == "safe by itself, critical through 2: they are one bet"
    assert linked[B].reason == "critical by itself"


def test_what_the_boards_answers_say_is_what_the_page_says() -> None:
    """The rooms told from the members' own answers, and from all that is observed of them."""
    told = 0
    for seed in range(200):
        random = Random(seed)
        own = [made_account(random, number, Choice()) for number in (1, 2, 3)]
        standing = stand(own, {one.id: made_history(random, Choice()) for one in own})
        at = SATURDAY + timedelta(hours=random.randint(0, 120))
        observed = observe(standing, at)
        links = [
            CopyLink(
                id=A,
                group_id=A,
                leader_id=A,
                follower_id=UUID(int=number),
                ratio=random.choice([0.5, 1, 2]),
                rate=random.choice([None, 0.9]),
            )
            for number in (2, 3)
        ]
        room = leader_room(copies_of(A, links, copy_members(observed, Thresholds())))
        risks = account_risks(observed, Thresholds())
        [found] = leader_rooms(links, risks, {one.id: one for one in own}, at)
        assert found.room == (None if room.cents is None else room.cents / 100), seed
        assert found.is_upper_bound is room.is_upper_bound, seed
        first = room.binding[0].account_id if room.binding else None
        assert (found.account_id, found.others) == (first, max(0, len(room.binding) - 1)), seed
        told += found.room is not None and found.room > 0
    assert told > 10


def test_a_link_counts_while_it_is_active_and_both_accounts_are_there() -> None:
    own = [static(2_000, 1), static(2_000, 2)]
    standing = stand(own, {A: seen(50_000.0), B: seen(49_000.0)})
    risks = account_risks(observe(standing, NOON), Thresholds())
    link = CopyLink(id=A, group_id=A, leader_id=A, follower_id=B, active_to=NOON)
    accounts = {one.id: one for one in own}
    before = NOON - timedelta(seconds=1)
    assert leader_rooms([link], risks, accounts, NOON) == ()
    assert leader_rooms([link], risks, accounts, before)[0].room == 1_000
    assert links_change_at_us([link], before) == NOON.timestamp() * 1e6
    assert links_change_at_us([link], NOON) == NEVER
    alone = [risk for risk in risks if risk.account_id == B]
    assert leader_rooms([link], alone, accounts, before) == ()
