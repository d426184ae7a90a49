#!/usr/bin/env bash
# A Chromium for the browser tests: the system's, else Playwright's, else Debian's.
set -euo pipefail
cd "$(dirname "$0")/../.."
python="${BIN:-.venv/bin}/python"

found() { "${python}" tests/browser/chromium.py >/dev/null 2>&1; }

debian_chromium() {
    echo "Playwright's Chromium is not to be had here: taking Debian's" >&2
    local as_root=""
    [ "$(id -u)" -eq 0 ] || as_root="sudo"
    ${as_root} apt-get update -qq
    ${as_root} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium
}

found || timeout 600 "${python}" -m playwright install --with-deps chromium || debian_chromium
"${python}" tests/browser/chromium.py
