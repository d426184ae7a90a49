"""The wall: every group in large type, worst first, and nothing to click."""

from __future__ import annotations

import re
from datetime import timedelta

from riskcore.domain.rules import rule_from
from riskcore.services.desk import Desk
from riskcore.ui.wall import MOST_ROWS
from tests.ui.conftest import Visit, a_group, an_account, markups, observe, plain

CLICKED = ("button", "page_link", "segmented_control", "selectbox", "link_button")


def rows(visit: Visit, **parameters: str) -> list[list[str]]:
    """What stands in each row of the wall, piece by piece."""
    [wall] = [
        html for html in markups(visit("board", view="wall", **parameters)) if "wl-wall" in html
    ]
    found = re.findall(r"<section.*?</section>", wall)
    return [[line.strip() for line in plain(row).splitlines() if line.strip()] for row in found]


def test_a_row_says_status_group_weakest_account_and_rule_what_is_left_and_its_age(
    desk: Desk, visit: Visit
) -> None:
    """
    account  equity   max loss 2,000: left
    calm     49,500   1,500, 75 %
    tight    48,300   300, 15 %
    """
    for number, equity in (("calm", 49_500.0), ("tight", 48_300.0)):
        account = an_account(desk, number)
        observe(desk, account.id, equity)
        a_group(desk, f"Group {number}", account.id)
    tight, calm = rows(visit)
    assert tight[:4] == [
        "error CRITICAL",
        "Group tight",
        "tight on Max loss",
        "300.00 USD 15.0 %",
    ]
    assert calm[:4] == [
        "check_circle SAFE",
        "Group calm",
        "calm on Max loss",
        "1,500.00 USD 75.0 %",
    ]


def test_a_row_has_the_oldest_data_too_where_it_is_apart(desk: Desk, visit: Visit) -> None:
    old, new = an_account(desk, "old"), an_account(desk, "new")
    observe(desk, old.id, 50_000.0, taken_at=desk.clock() - timedelta(minutes=3))
    observe(desk, new.id, 50_000.0, taken_at=desk.clock())
    a_group(desk, "Mine", old.id, new.id)
    [row] = rows(visit)
    assert [line.startswith("oldest ") for line in row[-2:]] == [False, True]


def test_what_is_not_known_is_said_and_never_safe(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Nobody")
    a_group(desk, "Unseen", an_account(desk, "7741").id)
    without, unseen = sorted(rows(visit), key=lambda row: row[1])
    assert without == [
        "help UNKNOWN",
        "Nobody",
        "no account in this group yet",
        "unknown",
        "no data yet",
    ]
    assert unseen[0] == "help UNKNOWN"
    assert unseen[-2:] == ["unknown", "no data yet"]


def test_a_limit_that_was_broken_before_says_so(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741")
    observe(desk, account.id, 47_900.0, taken_at=desk.clock() - timedelta(minutes=2))
    observe(desk, account.id, 49_000.0)
    a_group(desk, "Mine", account.id)
    assert rows(visit)[0][3] == "broken"


def test_a_bound_is_said_as_one(desk: Desk, visit: Visit) -> None:
    """
    account  equity   max loss 2,000: left
    known    49,000   1,000, 50 %
    unseen   -        unknown
    """
    known, unseen = an_account(desk, "known"), an_account(desk, "unseen")
    observe(desk, known.id, 49_000.0)
    a_group(desk, "Mine", known.id, unseen.id)
    [row] = rows(visit)
    assert (row[0], row[3]) == ("warning CAUTION", "at most 1,000.00 USD 50.0 %")


def test_contracts_are_counted_as_such(desk: Desk, visit: Visit) -> None:
    rules = (rule_from("position_limit", {"most_contracts": 5.0}),)
    account = an_account(desk, "7741", rules=rules)
    observe(desk, account.id, 50_000.0, open_contracts=3.0)
    a_group(desk, "Mine", account.id)
    assert rows(visit)[0][2:4] == ["7741 on Position limit", "2 contracts 40.0 %"]


def test_more_groups_than_can_be_read_are_counted_with_their_worst(
    desk: Desk, visit: Visit
) -> None:
    for place in range(MOST_ROWS + 2):
        a_group(desk, f"Group {place}")
    assert len(rows(visit)) == MOST_ROWS
    [wall] = [html for html in markups(visit("board", view="wall")) if "wl-wall" in html]
    assert "2 more groups, none worse than help UNKNOWN" in plain(wall)


def test_a_wall_without_a_group_says_so(visit: Visit) -> None:
    [wall] = [html for html in markups(visit("board", view="wall")) if "wl-wall" in html]
    assert plain(wall).strip() == "There is no group yet"


def test_nothing_can_be_clicked(sample_desk: Desk, visit: Visit) -> None:
    page = visit("board", view="wall")
    assert [kind for kind in CLICKED if page.get(kind)] == []
    assert not re.search(r"<a |href|<button|onclick", "".join(markups(page)))


def test_the_wall_can_be_read_as_of_the_last_data(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "7741", stale_after=timedelta(hours=1))
    observe(desk, account.id, 50_000.0, taken_at=desk.clock() - timedelta(hours=2))
    a_group(desk, "Mine", account.id)
    assert rows(visit)[0][0] == "help UNKNOWN"
    assert rows(visit, as_of="last data")[0][0] == "check_circle SAFE"


def test_a_name_is_text_on_the_wall(desk: Desk, visit: Visit) -> None:
    spoof = '<img src=x onerror="x"> :green-badge[SAFE]'
    account = an_account(desk, "1", name=spoof)
    a_group(desk, spoof, account.id)
    [row] = rows(visit)
    assert row[1:3] == [spoof, f"{spoof} on Max loss"]
    assert "<img" not in "".join(markups(visit("board", view="wall")))
