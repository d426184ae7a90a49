"""The Chromium that the browser tests drive: its path, printed when run as a script."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> Path:
    """The system's Chromium, else Playwright's own; raises FileNotFoundError when there is none.

    The environment's WEAKEST_LINK_CHROMIUM goes first.
    """
    stated = os.environ.get("WEAKEST_LINK_CHROMIUM")
    found = [stated, *(shutil.which(name) for name in NAMES), _playwrights_own()]
    for path in found:
        if path and Path(path).is_file():
            return Path(path)
    raise FileNotFoundError("no Chromium on this machine: run `make browser`")


def _playwrights_own() -> str:
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


if __name__ == "__main__":
    try:
        print(chromium_path())
    except FileNotFoundError as error:
        sys.exit(str(error))
