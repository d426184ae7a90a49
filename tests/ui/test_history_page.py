"""History: the group's minimum over time, who held it, and each day's low."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
from streamlit.testing.v1 import AppTest

from riskcore.domain.model import Snapshot
from riskcore.domain.rules import rule_from
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.snapshots import record_snapshots
from riskcore.ui.charts import minima_figure
from tests.ui.conftest import Visit, a_group, an_account, observe, words


def lines(page: AppTest) -> list[str]:
    """The names of the lines drawn."""
    [chart] = page.get("plotly_chart")
    return [trace["name"] for trace in json.loads(chart.proto.spec)["data"]]


def test_every_rule_has_a_line_and_every_day_its_low(sample_desk: Desk, visit: Visit) -> None:
    page = visit("history")
    assert lines(page) == ["Daily loss", "Max loss", "Weekly loss"]
    lows = page.dataframe[0].value
    assert set(lows["Rule"]) == {"Daily loss", "Max loss", "Weekly loss"}
    assert "Tidewright 100K" in set(lows[lows["Buffer"] < 0]["Account"])


def test_goals_contracts_and_days_share_no_axis_with_money_at_risk(
    desk: Desk, visit: Visit
) -> None:
    kinds = {
        "max_loss": {"limit_amount": 2_000.0},
        "profit_target": {"target_amount": 3_000.0},
        "profit_cap": {"limit_amount": 1_000.0},
        "position_limit": {"most_contracts": 5.0},
        "inactivity": {"days": 30},
    }
    rules = tuple(rule_from(kind, said) for kind, said in kinds.items())
    account = an_account(desk, "7741", rules=rules)
    a_group(desk, "Mine", account.id)
    observe(desk, account.id, 49_500.0, open_contracts=2.0)
    page = visit("history")
    assert lines(page) == ["Max loss"]
    assert set(page.dataframe[0].value["Rule"]) == {"Max loss"}


def test_the_range_is_in_the_address(desk: Desk, visit: Visit) -> None:
    """Snapshots 40 and 2 days ago."""
    account = an_account(desk, "7741")
    a_group(desk, "Mine", account.id)
    for days in (40, 2):
        taken_at = desk.clock() - timedelta(days=days)
        row = Snapshot(account_id=account.id, taken_at=taken_at, balance=5e4, equity=5e4)
        record_snapshots(desk, LOCAL_USER, [row])
    counts = {
        name: len(visit("history", range=name).dataframe[0].value)
        for name in ("week", "month", "all")
    }
    assert counts == {"week": 1, "month": 1, "all": 2}


def test_a_custom_range_has_two_days_in_the_address(sample_desk: Desk, visit: Visit) -> None:
    today = sample_desk.clock().date()
    before = (today - timedelta(days=5)).isoformat(), (today - timedelta(days=4)).isoformat()
    page = visit("history", range="custom", **{"from": before[0], "to": before[1]})
    days = page.dataframe[0].value["Trading day"].astype(str)
    assert days.min() >= before[0]


def test_a_range_without_data_says_so(desk: Desk, visit: Visit) -> None:
    a_group(desk, "Mine", an_account(desk, "7741").id)
    assert "choose a wider one" in words(visit("history"))


def test_a_line_is_cut_where_nothing_is_known_and_names_stay_text() -> None:
    """Known in the first and third hour, not in the second."""
    start = datetime(2026, 1, 5, 10, tzinfo=UTC)
    minima = pd.DataFrame(
        {
            "time": [start, start + timedelta(hours=2)],
            "rule": ["max_loss", "max_loss"],
            "buffer": [500.0, 400.0],
            "account_id": ["a", "a"],
            "buffer_percent": [50.0, 40.0],
        }
    )
    figure = minima_figure(minima, timedelta(hours=1), {"a": "<b>x</b> & y"}, "USD")
    [line] = figure.data
    assert [None if pd.isna(y) else float(y) for y in line.y] == [500.0, None, 400.0]
    assert line.customdata[0][0] == "&lt;b&gt;x&lt;/b&gt; &amp; y"
