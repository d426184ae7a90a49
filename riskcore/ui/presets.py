"""Presets: a firm programme's rules, chosen by firm, programme and size, with their source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta

import streamlit as st

from riskcore.domain.model import Account, AppliedPreset
from riskcore.domain.money import money_text
from riskcore.domain.presets import Preset, PresetSize, Trust
from riskcore.services.presets import find_preset, list_presets
from riskcore.ui.account_rules import rule_lines
from riskcore.ui.confirm import confirmed
from riskcore.ui.door import door
from riskcore.ui.words import counted, escape

PRESET, SIZE = "preset", "size"
FIRM_BOX, PROGRAMME_BOX, SIZE_BOX = "firm-box", "programme-box", "size-box"

OLD = timedelta(days=180)
"""Firms change rules without notice: what was checked longer ago is said to be old."""

TRUST = {
    Trust.FIRM: "All of it is on the firm's own pages.",
    Trust.DATASET: "Part of it rests on public datasets of firms' rules, not on the firm's pages.",
    Trust.THIRD_PARTY: "Part of it rests on third parties only, not on the firm's pages.",
    Trust.DOUBTFUL: "Part of it is in doubt: sources contradict each other, or none is firm.",
}

NOT_WATCHED = "Not watched by this desk"


def choose_preset(applied: AppliedPreset | None) -> tuple[Preset, PresetSize] | None:
    """The preset and size in the URL, else those an account has; None until one is picked."""
    preset = _named(st.query_params.get(PRESET), applied)
    with st.grid(3, min_column_width=220):
        firms = {one.firm: one.firm for one in list_presets()}
        _pick("Firm", firms, preset.firm if preset else None, FIRM_BOX, _keep_firm)
        if preset is None:
            return None
        programmes = {one.name: one.programme for one in list_presets() if one.firm == preset.firm}
        _pick("Programme", programmes, preset.name, PROGRAMME_BOX, _keep_programme)
        size = _size(preset, applied)
        sizes = {one.name: one.name for one in preset.sizes}
        _pick("Size", sizes, size.name if size else None, SIZE_BOX, _keep_size)
    return None if size is None else (preset, size)


def _named(name: str | None, applied: AppliedPreset | None) -> Preset | None:
    """The preset in the URL, or the applied one where it is still there; else None, and said."""
    if name is None:
        known = {preset.name: preset for preset in list_presets()}
        return known.get(applied.name) if applied else None
    with door():
        return find_preset(name)
    return None


def _size(preset: Preset, applied: AppliedPreset | None) -> PresetSize | None:
    """The size in the URL, the applied one, or the first; None for a strange one, and said."""
    names = [size.name for size in preset.sizes]
    is_applied = applied is not None and applied.name == preset.name and applied.size in names
    named = st.query_params.get(SIZE, applied.size if applied and is_applied else names[0])
    with door():
        return preset.size(named)
    return None


def _pick(
    label: str, options: Mapping[str, str], value: str | None, box: str, keep: Callable[[], None]
) -> None:
    st.session_state[box] = value
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        placeholder=f"Choose a {label.lower()}",
        key=box,
        on_change=keep,
    )


def _keep_firm() -> None:
    firm = st.session_state[FIRM_BOX]
    _keep(next(preset.name for preset in list_presets() if preset.firm == firm))


def _keep_programme() -> None:
    _keep(st.session_state[PROGRAMME_BOX])


def _keep(name: str) -> None:
    st.query_params[PRESET] = name
    st.query_params.pop(SIZE, None)


def _keep_size() -> None:
    # With the preset, which until now may have been the account's own.
    preset = st.session_state[PROGRAMME_BOX]
    st.query_params[PRESET], st.query_params[SIZE] = preset, st.session_state[SIZE_BOX]


def draw_preset(preset: Preset, size: PresetSize, today: date) -> None:
    """A preset's rules in words, how old and how sure they are, and what is left out."""
    st.markdown(f"#### {escape(preset.title)}, {escape(size.name)}", anchors=False)
    st.markdown(checked_words(preset.checked_on, today))
    st.markdown(rule_lines(size.rules, preset.currency))
    clock = clock_words(preset.reset_time, preset.time_zone)
    balance = money_text(size.starting_balance, preset.currency)
    st.caption(escape(f"The day turns at {clock}; the account starts with {balance}."))


def draw_doubts(preset: Preset) -> None:
    """What of a firm's rules is left out of a preset, how sure the rest is, and its sources."""
    if preset.not_modelled:
        bullets(NOT_WATCHED, preset.not_modelled)
    bullets(f"How sure the rest is: {TRUST[preset.trust]}", preset.doubts)
    bullets("Sources", preset.source)


def sure_to_apply(preset: Preset, size: PresetSize, account: Account) -> bool:
    """Whether the visitor wants a preset applied to an account, having been told what follows."""
    return confirmed(
        "Apply to this account",
        consequence(preset, size, account),
        f"apply-{account.updated_at:%Y%m%d%H%M%S%f}",  # another once applied: it is closed then
        sure="Yes, apply",
        icon=":material/playlist_add_check:",
    )


def consequence(preset: Preset, size: PresetSize, account: Account) -> str:
    """What applying a preset replaces of an account, and what stays; Markdown."""
    start = account.starting_balance
    kept = size.starting_balance if start is None else start
    title = f"{escape(preset.title)}, {escape(size.name)}"
    then, now = (escape(clock_words(one.reset_time, one.time_zone)) for one in (preset, account))
    balance = escape(money_text(kept, preset.currency))
    lines = [
        f"{escape(account.name)} is given the rules of {title}; they replace {_replaced(account)}.",
        f"Its day turns at {then}{', as before' if then == now else f'; now it turns at {now}'}.",
        f"Its starting balance {'will be' if start is None else 'stays'} {balance}.",
    ]
    if kept != size.starting_balance:
        meant = escape(money_text(size.starting_balance, preset.currency))
        lines.append(f"**The rules are those of an account that starts with {meant}.**")
    if account.currency != preset.currency:
        lines.append(f"**Its currency becomes {preset.currency}; now it is {account.currency}.**")
    return "\n\n".join(lines)


def _replaced(account: Account) -> str:
    rules = ", ".join(rule.title for rule in account.rules)
    return f"the ones it has ({rules})" if rules else "none: it has no rules yet"


def clock_words(reset_time: time, time_zone: str) -> str:
    """When a trading day turns: `17:00 America/Chicago`."""
    return f"{reset_time:%H:%M} {time_zone}"


def bullets(title: str, lines: Iterable[str]) -> None:
    """A title over its lines, shown as they are; the title alone where there are none."""
    listed = [f"- {escape(line)}" for line in lines]
    st.markdown("\n".join([f"**{escape(title)}**", "", *listed]))


def checked_words(checked_on: date, today: date) -> str:
    """When a preset was checked, and plainly so where that is long ago; Markdown."""
    age = max(timedelta(0), today - checked_on)
    said = f"Checked on {checked_on:%Y-%m-%d}, {counted(age.days, 'day')} ago."
    if age <= OLD:
        return said
    return (
        f":material/history: **{said} That is more than {OLD.days} days: read the firm's "
        "own page before you rely on it.**"
    )
