"""Charts: a group's history as Plotly figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from riskcore.domain.model import Account
from riskcore.domain.money import percent_text
from riskcore.domain.rules import KINDS
from riskcore.domain.rules.base import Unit
from riskcore.services.history import GroupHistory
from riskcore.ui.gauge import NEEDLE

LINES = (("#0072B2", "solid"), ("#D55E00", "dash"), ("#009E73", "dot"), ("#CC79A7", "dashdot"))
"""Colour (of Okabe and Ito, read on white and on black) and dash of each line."""

FEW = 40
"""Up to so many points are drawn as points too: a single one is no line."""

HEIGHT = 420


def plain(text: str) -> str:
    """`text` for Plotly, which reads a little HTML: exactly these characters."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def limits_in_money(history: GroupHistory, members: Iterable[Account]) -> GroupHistory:
    """`history` without goals, contracts and days: they share no axis with money at risk."""
    rules = {
        rule.kind
        for account in members
        for rule in account.rules
        if rule.unit is Unit.MONEY and not rule.is_gate
    }
    minima, lows = (
        frame[frame["rule"].isin(rules)] for frame in (history.minima, history.day_lows)
    )
    return replace(history, minima=minima, day_lows=lows)


def minima_figure(
    minima: pd.DataFrame, bucket: timedelta, names: Mapping[str, str], currency: str | None
) -> go.Figure:
    """The group's smallest buffer over time, a line for each rule; who held it on hover.

    `minima` as in `GroupHistory`; `names` by account id as text. A line is cut where nothing
    is known.
    """
    figure = go.Figure()
    for (rule, line), look in zip(minima.groupby("rule"), cycle(LINES), strict=False):
        figure.add_trace(_line(str(rule), _cut(line, bucket), names, currency, look))
    figure.add_hline(y=0, line_width=1, line_color=NEEDLE)
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        hovermode="x unified",
        hoverdistance=-1,
        showlegend=True,
        legend={"orientation": "h", "y": 1.12, "x": 0},
        yaxis_title=plain(f"Smallest buffer{f', {currency}' if currency else ''}"),
    )
    return figure


def _line(
    rule: str,
    line: pd.DataFrame,
    names: Mapping[str, str],
    currency: str | None,
    look: tuple[str, str],
) -> go.Scatter:
    return go.Scatter(
        x=line["time"],
        y=line["buffer"],
        name=KINDS[rule].title,
        mode="lines+markers" if len(line) <= FEW else "lines",
        line={"shape": "hv", "color": look[0], "dash": look[1], "width": 2},
        customdata=[
            (plain(names.get(account, "")), percent_text(percent))
            for account, percent in zip(line["account_id"], line["buffer_percent"], strict=True)
        ],
        hovertemplate=(
            f"%{{y:,.2f}} {plain(currency or '')} (%{{customdata[1]}}), %{{customdata[0]}}"
        ),
    )


def _cut(line: pd.DataFrame, bucket: timedelta) -> pd.DataFrame:
    """`line` with an empty row in each stretch of buckets in which nothing was known."""
    follows_gap = line["time"].diff() > bucket
    gaps = pd.DataFrame({"time": line.loc[follows_gap, "time"] - bucket})
    return pd.concat([line, gaps]).sort_values("time")
