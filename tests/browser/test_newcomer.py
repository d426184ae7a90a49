"""The whole job, as a newcomer does it: from a CSV file to a gauge that moves by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import at_rest, dial, says, see_page, take_picture
from tests.browser.running_desk import RunningDesk

SAME_PAGE = "window.sameSinceTheStart"


def test_from_a_csv_file_to_a_gauge_that_moves_by_itself(
    desk: RunningDesk, open_page: OpenPage, tmp_path: Path
) -> None:
    """
    account  balance  equity     daily loss 1,000: left   max loss 2,000: left
    7741     50,000   49,450     450, 45 %: caution       1,450
    7742     50,000   49,900     900                      1,900
    7742     50,000   48,900     -100: violated           900
    """
    page = open_page()
    upload_a_file(page, csv_file(tmp_path))
    make_a_group(page)
    card = the_card_says_caution(page)
    group = desk.get("/groups")["items"][0]["id"]
    other = open_page(f"/group?group={group}")
    the_group_says_caution(other)
    for window in (page, other):
        window.evaluate(f"{SAME_PAGE} = true")

    post_loss(desk, "7742", 48_900)

    the_card_says_violated(card)
    the_group_says_violated(other)
    for window, name in ((page, "newcomer-board"), (other, "newcomer-group")):
        take_picture(window, f"{name}-violated")
        assert window.evaluate(SAME_PAGE), "the page was loaded anew"


def csv_file(folder: Path) -> Path:
    """Two accounts a minute ago, and a row that is refused."""
    time = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds")
    path = folder / "my-accounts.csv"
    path.write_text(
        "account,time,balance,equity\n"
        f"7741,{time},50000.00,49450.00\n"
        f"7742,{time},50000.00,49900.00\n"
        f"7742,{time},n/a,49900.00\n",
        encoding="utf-8",
    )
    return path


def upload_a_file(page: Page, path: Path) -> None:
    """From the empty desk: choose the file, see what is refused, say the rules, import."""
    see_page(page, "Board")
    expect(page.get_by_role("button", name="Load the sample desk")).to_be_visible()
    take_picture(page, "newcomer-empty-board")
    page.get_by_role("button", name="Upload a CSV").click()
    see_page(page, "Upload")
    page.locator("input[type=file]").set_input_files(path)
    main = page.get_by_role("main")
    expect(main.get_by_text("3 rows read: 2 can be taken, 1 refused")).to_be_visible()
    expect(main.get_by_text("2 accounts, 2 of them new")).to_be_visible()
    for kind, limit in (("daily_loss", "1000"), ("max_loss", "2000")):
        type_number(page.locator(f".st-key-new-{kind}-limit_amount"), limit)
    at_rest(page)
    take_picture(page, "newcomer-upload-preview")
    page.get_by_role("button", name="Import").click()
    expect(main.get_by_text("my-accounts.csv").first).to_be_visible()
    take_picture(page, "newcomer-upload-imported")


def make_a_group(page: Page) -> None:
    """From what was imported to a group of it."""
    menu(page, "Groups")
    main = page.get_by_role("main")
    main.get_by_label("Name", exact=True).fill("My accounts")
    choose_all(main, ["7741", "7742"])
    page.get_by_role("button", name="Save this group").click()
    expect(page.get_by_text("The group is saved")).to_be_visible()
    take_picture(page, "newcomer-groups")


def the_card_says_caution(page: Page) -> Locator:
    """The board: gauge, status word, sentence and highlighted account."""
    menu(page, "Board")
    card = page.locator("[class*=st-key-card-]")
    expect(card).to_have_count(1)
    expect(says(card, "CAUTION")).to_be_visible()
    expect(dial(card, "45.0 % of the limit left, caution")).to_be_visible()
    expect(card.get_by_text("Weakest account: 7741")).to_be_visible()
    expect(card.get_by_text("450.00 USD").first).to_be_visible()
    for look in ("light", "dark", "phone"):
        take_picture(dressed(page, look), f"newcomer-board-{look}")
    dressed(page, "light")
    return card


def the_group_says_caution(page: Page) -> None:
    """The group's page: a gauge for each rule, and the weakest account first and marked."""
    see_page(page, "Group")
    expect(dial(page.locator(".st-key-rule-daily_loss"), "45.0 %")).to_be_visible()
    expect(dial(page.locator(".st-key-rule-max_loss"), "72.5 %")).to_be_visible()
    expect(first_row(page)).to_contain_text("7741")
    expect(first_row(page)).to_contain_text("CAUTION")
    take_picture(page, "newcomer-group")


def post_loss(desk: RunningDesk, number: str, equity: float) -> None:
    """What a program of the trader's would post."""
    now = datetime.now(UTC).isoformat()
    body = {"account_number": number, "taken_at": now, "balance": 50_000, "equity": equity}
    assert desk.post("/snapshots", body) == {"taken": 1, "duplicates": 0, "corrected": 0}


def the_card_says_violated(card: Locator) -> None:
    """The same card, not loaded anew: gauge, word and highlight have changed."""
    expect(says(card, "VIOLATED")).to_be_visible()
    expect(says(card, "CAUTION")).to_have_count(0)
    expect(dial(card, "-10.0 % of the limit left, violated")).to_be_visible()
    expect(card.get_by_text("Weakest account: 7742")).to_be_visible()


def the_group_says_violated(page: Page) -> None:
    """The same page, not loaded anew."""
    expect(dial(page.locator(".st-key-rule-daily_loss"), "-10.0 %")).to_be_visible()
    expect(first_row(page)).to_contain_text("7742")
    expect(first_row(page)).to_contain_text("VIOLATED")


def menu(page: Page, name: str) -> None:
    """Go to a page by the menu."""
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    see_page(page, name)


def type_number(field: Locator, text: str) -> None:
    """Type into a number field and leave it."""
    box = field.locator("input")
    box.fill(text)
    box.press("Tab")


def choose_all(form: Locator, accounts: list[str]) -> None:
    """Pick accounts that are not picked yet."""
    picked = form.get_by_test_id("stMultiSelect")
    for account in accounts:
        if picked.get_by_text(account, exact=True).count() == 0:
            picked.locator("input").fill(account)
            picked.page.get_by_role("option", name=account).click()
    picked.locator("input").press("Escape")


def first_row(page: Page) -> Locator:
    """The first account of the members' table."""
    return page.get_by_role("main").locator("table tbody tr").first


def dressed(page: Page, look: str) -> Page:
    """The page in dark colours, or as narrow as a phone's."""
    page.emulate_media(color_scheme="dark" if look == "dark" else "light")
    page.set_viewport_size({"width": 390 if look == "phone" else 1280, "height": 900})
    return page
