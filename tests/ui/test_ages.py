"""Ages: an instant in the page, which the browser turns into its age and counts up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskcore.domain.model import GroupRiskEvaluation
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.risk import view_groups
from riskcore.ui.ages import TOGETHER, as_of_text, data_age
from riskcore.ui.markup import age
from tests.ui.conftest import a_group, an_account, observe, plain

TAKEN = datetime.fromisoformat("2026-11-12T14:03:05.250+00:00")
BEFORE = timedelta(microseconds=1)


@pytest.fixture
def evaluation(desk: Desk) -> GroupRiskEvaluation:
    """The answer about a group of one account that was observed."""
    account = an_account(desk, "7741")
    observe(desk, account.id, 50_000.0)
    a_group(desk, "Mine", account.id)
    return view_groups(desk, LOCAL_USER)[0].evaluation


def test_an_instant_is_exact_for_the_browser_and_true_where_nothing_counts() -> None:
    assert age(TAKEN) == (
        '<time class="wl-age" datetime="2026-11-12T14:03:05.250Z">2026-11-12 14:03 UTC</time>'
    )


def test_no_instant_is_no_data() -> None:
    assert age(None) == "no data yet"


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (timedelta(), "Data from 2026-11-12 14:03 UTC"),
        (TOGETHER - BEFORE, "Data from 2026-11-12 14:03 UTC"),
        (TOGETHER, "Newest data from 2026-11-12 14:03 UTC, oldest from 2026-11-12 14:03 UTC"),
    ],
)
def test_snapshots_that_were_taken_together_have_one_age(
    apart: timedelta, said: str, evaluation: GroupRiskEvaluation
) -> None:
    taken = replace(evaluation, oldest_taken_at=TAKEN, latest_taken_at=TAKEN + apart)
    assert plain(data_age(taken)) == said
    assert data_age(taken).count(age(TAKEN)) >= 1, "the one age is that of the oldest"


def test_without_a_snapshot_there_is_no_age(evaluation: GroupRiskEvaluation) -> None:
    unseen = replace(evaluation, oldest_taken_at=None, latest_taken_at=None)
    assert data_age(unseen) == "No data yet"


def test_an_answer_says_of_which_instant_it_speaks(evaluation: GroupRiskEvaluation) -> None:
    now = evaluation.timestamp
    assert as_of_text(replace(evaluation, as_of=now)) == "As of now"
    last = plain(as_of_text(replace(evaluation, as_of=TAKEN)))
    assert last == "As of 2026-11-12 14:03 UTC, the last data: 2026-11-12 14:03 UTC"
