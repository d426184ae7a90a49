"""A name is text wherever it is shown: never Markdown, HTML, a link or an icon."""

from __future__ import annotations

import re
from pathlib import Path
from string import punctuation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore.domain.events import EventKind
from riskcore.services.copying import LinkDraft, make_links
from riskcore.services.desk import LOCAL_USER, Desk
from riskcore.services.events import EventDraft, record_event
from riskcore.ui.words import escape
from tests.ui.conftest import PAGES, Visit, a_group, an_account, markups, observe, shown

SPOOF = ":green-badge[SAFE]"
SPOOFS = [
    SPOOF,
    ":material_check_circle: :streamlit: :tada:",
    "**bold** $x^2$ <b>x</b> &amp;",
    "[link](https://example.org) www.example.org a@example.org",
]


@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_spoofed_name_is_never_markdown(path: Path, spoof: str, desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "1", name=spoof, firm=spoof)
    a_group(desk, spoof, account.id)
    page = visit(path.stem.partition("_")[2])
    labels = [element.label for element in (*page.button, *page.page_link, *page.expander)]
    for said in (*(e.value for e in (*page.markdown, *page.caption, *page.title)), *labels):
        assert spoof not in str(said)
    for table in page.table:
        assert not table.value.astype(str).map(lambda cell: spoof in cell).any(axis=None)
    assert "<b>x</b>" not in "".join(markups(page))


@pytest.mark.parametrize("name", ["board", "group"])
def test_a_spoofed_name_shows_as_these_characters(name: str, desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "1", name=SPOOF)
    a_group(desk, SPOOF, account.id)
    said = "\n".join(shown(str(text.value)) for text in visit(name).markdown)
    assert f"#### {SPOOF}" in said
    assert f"Weakest account: **{SPOOF}**" in said


@pytest.mark.parametrize("part", ["Ladder", "What if", "Profit and resets", "Same rules"])
def test_a_spoofed_name_in_a_copy_group_is_text(part: str, desk: Desk, visit: Visit) -> None:
    leader, copy = (an_account(desk, number, name=f"{SPOOF} {number}") for number in ("1", "2"))
    observe(desk, leader.id, 50_000.0)
    observe(desk, copy.id, 48_500.0)
    group_id = a_group(desk, "Copies", leader.id, copy.id)
    draft = LinkDraft(leader_id=leader.id, follower_id=copy.id, ratio=2.0)
    make_links(desk, LOCAL_USER, group_id, [draft])
    page = visit("copy_trading", group=str(group_id), part=part)
    said = [str(text.value) for text in (*page.markdown, *page.caption)]
    assert not [text for text in said if SPOOF in text]
    for table in page.table:
        assert not table.value.astype(str).map(lambda cell: SPOOF in cell).any(axis=None)
    assert [text for text in map(shown, said) if f"**{SPOOF} 2**" in text]


def test_a_refusal_that_holds_a_name_is_text(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "1")
    a_group(desk, SPOOF, account.id)
    page = visit("accounts", account=str(account.id))
    next(button for button in page.button if button.label == "Yes, delete").click().run()
    assert SPOOF not in page.error[0].value
    assert SPOOF in shown(page.error[0].value)


def test_a_toast_that_holds_a_name_is_text(desk: Desk, visit: Visit) -> None:
    group_id = a_group(desk, SPOOF)
    page = visit("groups", group=str(group_id))
    next(button for button in page.button if button.label == "Yes, delete").click().run()
    assert SPOOF not in page.toast[0].value
    assert SPOOF in shown(page.toast[0].value)


def test_a_name_in_what_applying_a_preset_replaces_is_text(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "1", name=SPOOF)
    page = visit("rules", account=str(account.id), preset="topstep-trading-combine")
    said = [str(text.value) for text in page.markdown]
    assert not [text for text in said if SPOOF in text]
    assert [text for text in map(shown, said) if f"{SPOOF} is given the rules of" in text]


def test_the_origin_of_an_event_is_text(desk: Desk, visit: Visit) -> None:
    account = an_account(desk, "1")
    group = a_group(desk, "Mine", account.id)
    draft = EventDraft(
        kind=EventKind.FLOOR, happened_at=desk.clock(), amount=48_500.0, origin=SPOOF
    )
    record_event(desk, LOCAL_USER, account.id, draft)
    observe(desk, account.id, 49_000.0)
    for page in (
        visit("accounts", account=str(account.id)),
        visit("rules", account=str(account.id)),
        visit("group", group=str(group)),
        visit("board"),
    ):
        for said in (*page.markdown, *page.caption):
            assert SPOOF not in str(said.value)


@given(st.text(alphabet=st.sampled_from("ab <>-=~:@." + punctuation), max_size=30))
def test_escaping_loses_nothing_and_leaves_no_sign_bare(text: str) -> None:
    markdown = escape(text)
    assert shown(markdown) == text
    signs = re.sub(r":color\[(\\.)\]", r"\1", markdown)
    assert re.fullmatch(r"(?:\\.|[^\W_]|\s)*", signs)


SOUGHT = re.compile(
    r":material_\w+:|:streamlit:|:[\w+-]+:|https?://|www\.|[\w.+-]+@[\w-]+\.\w"
    r"|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)"
)
"""What Streamlit 1.67 turns into an icon, a link or an arrow in text without a backslash left."""

PIECES = [":material_", "x", ":", ":streamlit:", "http", "://", "www.", "a@b.co", " "]


@given(st.lists(st.sampled_from([*PIECES, *"<>-=~"]), max_size=12).map("".join))
def test_no_stretch_of_text_is_left_whole_that_streamlit_would_turn_into_something(
    name: str,
) -> None:
    stretches = re.split(r":color\[\\.\]", escape(name))
    assert not [text for text in map(shown, stretches) if SOUGHT.search(text)]
