"""Gauge: how much of a limit is left, in percent, on a dial with the group's bands."""

from __future__ import annotations

from typing import TypeAlias

import streamlit as st

from riskcore.domain.money import percent_text
from riskcore.domain.status import Status, Thresholds
from riskcore.ui.words import LOOKS

Options: TypeAlias = dict[str, object]
Band: TypeAlias = tuple[float, str]

NEEDLE = "#7A8591"
"""Read on white and on black."""

BROKEN = "broken"

POINTS_INWARD = "path://M0 0 L12 0 L6 14 Z"

HEIGHT = 150


def draw_gauge(
    percent: float | None,
    status: Status,
    thresholds: Thresholds,
    *,
    about: str,
    is_upper_bound: bool,
    key: str,
) -> None:
    """Draw the dial; `about` says, for those who cannot see it, whose limit it is."""
    st.echarts_chart(
        gauge(percent, status, thresholds, is_upper_bound=is_upper_bound),
        height=HEIGHT,
        key=key,
        alt=f"{about}: {in_words(percent, status, is_upper_bound)}, {status.word}",
    )


def in_words(percent: float | None, status: Status, is_upper_bound: bool) -> str:
    """The dial read aloud."""
    if reading(percent, status) == BROKEN:
        return BROKEN
    at_most = "at most " if is_upper_bound and percent is not None else ""
    return f"{at_most}{percent_text(percent)} of the limit left"


PLAIN: Options = {
    part: {"show": False} for part in ("axisTick", "splitLine", "axisLabel", "anchor")
}


def gauge(
    percent: float | None, status: Status, thresholds: Thresholds, *, is_upper_bound: bool
) -> Options:
    """The dial as ECharts options; the needle stops at 0 and 100, the text does not."""
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 300,
        "series": [
            {
                "type": "gauge",
                "silent": True,
                "startAngle": 180,
                "endAngle": 0,
                "radius": "138%",
                "center": ["50%", "84%"],
                "axisLine": {"lineStyle": {"width": 14, "color": bands(status, thresholds)}},
                **PLAIN,
                "pointer": {
                    "show": percent is not None and status is not Status.VIOLATED,
                    "icon": POINTS_INWARD,
                    "length": 13,
                    "width": 11,
                    "offsetCenter": [0, "-103%"],
                    "itemStyle": {"color": NEEDLE},
                },
                "title": {"offsetCenter": [0, "12%"], "fontSize": 13},
                "detail": {
                    "formatter": reading(percent, status),
                    "offsetCenter": [0, "-16%"],
                    "fontSize": 26,
                    "fontWeight": 600,
                },
                "data": [
                    {"value": on_dial(percent), "name": caption(percent, status, is_upper_bound)}
                ],
            }
        ],
    }


def bands(status: Status, thresholds: Thresholds) -> list[Band]:
    """The dial's colours up to which fraction; one colour where none of the dial holds."""
    if status in {Status.UNKNOWN, Status.VIOLATED}:
        return [(1.0, LOOKS[status].value)]
    ends = {
        Status.CRITICAL: thresholds.critical_fraction,
        Status.CAUTION: thresholds.caution_fraction,
        Status.SAFE: 1.0,
    }
    return [(end, LOOKS[part].value) for part, end in ends.items()]


def on_dial(percent: float | None) -> float:
    """Where the needle stands, 0 to 100."""
    return min(100.0, max(0.0, percent or 0.0))


def reading(percent: float | None, status: Status) -> str:
    """The large text: the percentage; of a limit broken before, whatever is above it now, that."""
    if status is Status.VIOLATED and (percent is None or percent >= 0):
        return BROKEN
    return percent_text(percent)


def caption(percent: float | None, status: Status, is_upper_bound: bool) -> str:
    """What the large text is of."""
    if reading(percent, status) == BROKEN:
        return "nothing is left of the limit"
    return "of the limit left, at most" if is_upper_bound else "of the limit left"
