"""Exports in a browser: asked for what they leave open, previewed, taken in and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.upload import write_file
from tests.browser.conftest import OpenPage
from tests.browser.looking import at_rest, see_page, sticks_out, take_picture
from tests.browser.running_desk import RunningDesk

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples" / "formats"


def choose_file(page: Page, path: Path) -> None:
    page.locator("input[type=file]").set_input_files(path)


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_a_report_is_asked_previewed_taken_in_and_taken_back(
    desk: RunningDesk, open_page: OpenPage, look: str
) -> None:
    page = open_page("/upload", look)
    see_page(page, "Upload")
    take_picture(page, f"exports-start-{look}")
    choose_file(page, SAMPLES / "mt5_deals-report.html")
    main = page.get_by_role("main")
    expect(main.get_by_text("Recognised as MetaTrader 5: history report (deals)")).to_be_visible()
    expect(main.get_by_text("Nothing can be taken from this file as it is")).to_be_visible()
    at_rest(page)
    take_picture(page, f"exports-asked-{look}")
    zone = page.locator(".st-key-file-zone input")
    zone.fill("Europe/Athens")
    page.get_by_role("option", name="Europe/Athens", exact=True).click()
    expect(main.get_by_text("6 rows read: 6 can be taken, 0 refused")).to_be_visible()
    expect(main.get_by_text("Money that came or went")).to_be_visible()
    at_rest(page)
    take_picture(page, f"exports-preview-{look}")
    assert sticks_out(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(main.get_by_text("6 rows taken, 0 refused").first).to_be_visible()
    take_picture(page, f"exports-imported-{look}")
    (account,) = desk.get("/accounts")["items"]
    assert (account["number"], account["starting_balance"]) == ("50990123", 5_000)
    events = desk.get(f"/accounts/{account['id']}/events")["items"]
    assert [(event["kind"], event["amount"]) for event in events] == [("withdrawal", 1_000)]

    page.get_by_text("Take an upload back").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Yes, take it back").click()
    expect(main.get_by_text("was undone: nothing of it is left")).to_be_visible()
    assert desk.get("/accounts")["items"] == []


def test_a_large_file_shows_how_far_it_is_and_can_be_called_off(
    desk: RunningDesk, open_page: OpenPage, tmp_path: Path
) -> None:
    """Quotes make it slow to read, so that there is something to see."""
    plain, quoted = tmp_path / "plain.csv", tmp_path / "large.csv"
    write_file(plain, 300_000)
    with plain.open() as lines, quoted.open("w") as out:
        out.writelines('"' + line.rstrip().replace(",", '","') + '"\n' for line in lines)
    page = open_page("/upload")
    see_page(page, "Upload")
    choose_file(page, quoted)
    main = page.get_by_role("main")
    expect(main.get_by_text("Reading the file:")).to_be_visible()
    assert desk.get("/health")["status"] == "ok"
    page.get_by_role("button", name="Cancel").click()
    expect(main.get_by_text("The upload was cancelled: nothing was changed")).to_be_visible()
    assert desk.get("/uploads")["items"] == []


def test_rows_can_be_typed(desk: RunningDesk, open_page: OpenPage) -> None:
    page = open_page("/upload")
    see_page(page, "Upload")
    page.get_by_text("No file? Type or paste rows").click()
    expect(page.get_by_role("button", name="Read these rows")).to_be_visible()
    at_rest(page)
    take_picture(page, "exports-typing")


@pytest.mark.parametrize("look", ["light", "phone"])
def test_a_table_is_taken_away(desk: RunningDesk, open_page: OpenPage, look: str) -> None:
    desk.client.post(
        "/uploads", files={"file": ("a.csv", (SAMPLES / "snapshots.csv").read_bytes(), "text/csv")}
    )
    page = open_page("/export", look)
    see_page(page, "Export")
    take_picture(page, f"exports-away-{look}")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    away = started.value.path().read_text("utf-8-sig")
    assert away.splitlines()[0] == "account,time,balance,equity,open_contracts,basis"
    assert len(away.splitlines()) == 1 + 3
