"""Copy links: who may copy whom, and since when."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from riskcore.domain.copying.links import CopyLink, check_links, copy_sets
from riskcore.domain.copytrade import CopyMode, Rounding
from riskcore.domain.errors import Conflict, InvalidValue

GROUP, OTHER = UUID(int=1), UUID(int=2)
A, B, C, D = (UUID(int=n) for n in range(10, 14))
NAMES = {A: "Anna", B: "Ben", C: "Cleo", D: "Dan"}
MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def link(leader: UUID, follower: UUID, **said: object) -> CopyLink:
    """`follower` copies `leader`."""
    values: dict[str, object] = {"group_id": GROUP, **said}
    return CopyLink(id=UUID(int=99), leader_id=leader, follower_id=follower, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        ([link(A, A)], "an account cannot copy itself: Anna → Anna"),
        ([link(A, B), link(C, B)], "Ben copies an account already: Anna → Ben"),
        ([link(A, B), link(A, B)], "Ben copies an account already: Anna → Ben"),
        ([link(A, B), link(B, A)], "must not form a loop: Anna → Ben → Anna"),
        ([link(A, B), link(B, C)], "must not form a chain: Anna → Ben → Cleo"),
        ([link(B, C), link(A, B)], "must not form a chain: Anna → Ben → Cleo"),
        ([link(A, B), link(C, D), link(B, C)], "a chain: Anna → Ben → Cleo → Dan"),
        ([link(A, B), link(C, B, group_id=OTHER)], "Ben copies an account already"),
    ],
)
def test_chains_loops_and_second_leaders_are_refused_with_the_path(
    links: list[CopyLink], sentence: str
) -> None:
    with pytest.raises(Conflict, match=sentence):
        check_links(links, NAMES)


@pytest.mark.parametrize(
    "links",
    [
        [link(A, B), link(A, C), link(D, UUID(int=20))],
        [link(A, B), link(A, B, group_id=OTHER)],  # the same copying, seen in two groups
        [link(A, B, active_to=MARCH), link(C, B, active_from=MARCH)],
        [link(A, B, active_to=MARCH), link(B, C, active_from=APRIL)],
        [link(A, B, active_from=APRIL), link(B, A, active_to=APRIL)],
    ],
)
def test_stars_are_allowed_and_so_is_one_leader_after_another(links: list[CopyLink]) -> None:
    check_links(links, NAMES)


def test_a_leader_that_begins_before_the_other_ends_is_refused() -> None:
    before = datetime(2026, 3, 31, tzinfo=UTC)
    with pytest.raises(Conflict, match="Ben copies an account already"):
        check_links([link(A, B, active_to=APRIL), link(C, B, active_from=before)], NAMES)


def test_a_link_is_active_from_its_start_until_just_before_its_end() -> None:
    one = link(A, B, active_from=MARCH, active_to=APRIL)
    instants = [MARCH.replace(microsecond=0), APRIL]
    assert [one.is_active(at) for at in instants] == [True, False]
    assert not one.is_active(datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC))
    assert one.is_active(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC))


def test_each_leader_has_the_followers_that_copy_it_now() -> None:
    links = [link(A, C), link(A, B), link(D, UUID(int=20), active_to=MARCH)]
    sets = [(key, [one.follower_id for one in own]) for key, own in copy_sets(links, APRIL)]
    assert sets == [(A, [B, C])]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ratio": 0}, "ratio must be above 0, at most 1,000,000, was 0"),
        ({"ratio": -1}, "ratio must be above 0"),
        ({"ratio": float("nan")}, "ratio must be above 0"),
        ({"ratio": 0.12345}, "ratio must have at most 4 decimals, was 0.12345"),
        ({"mode": CopyMode.EXACT, "ratio": 2}, "ratio must be 1 in the mode exact, was 2"),
        ({"mode": CopyMode.FIXED}, "fixed_contracts is needed by the mode fixed, was nothing"),
        ({"fixed_contracts": 2}, "fixed_contracts belongs to the mode fixed, was 2"),
        ({"mode": CopyMode.RISK}, "risk_percent is needed by the mode risk_percent"),
        ({"mode": CopyMode.RISK, "risk_percent": 101}, "risk_percent must be at most 100, was 101"),
        (
            {"least_contracts": 2, "most_contracts": 1},
            r"most_contracts must be at least the smallest size \(2\), was 1",
        ),
        ({"rate": 1.1234567}, "rate must have at most 6 decimals"),
        ({"active_from": APRIL, "active_to": MARCH}, "active_to must be after active_from"),
        ({"active_from": datetime(2026, 3, 1)}, "active_from must have a zone"),
    ],
)
def test_a_link_that_exists_is_valid(said: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        link(A, B, **said)


def test_the_largest_size_is_whole_steps() -> None:
    """Steps of 0.4 up to 1: the largest that can be traded is 0.8."""
    one = link(A, B, step_contracts=0.4, most_contracts=1, rounding=Rounding.UP)
    assert one.lot.most == 8_000
