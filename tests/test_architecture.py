"""The layout of the code: who imports whom, where SQL and the clock live, how long things are."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskcore.domain.rules import KINDS

ROOT = Path(__file__).resolve().parents[1]
CORE = sorted((ROOT / "riskcore").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
APP = ROOT / "app.py"
CODE = [*CORE, *PAGES, APP]

LONGEST_FUNCTION, LONGEST_FILE, LONGEST_PAGE = 40, 400, 80
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|"
    r"(CREATE|DROP|ALTER)\s+(TABLE|VIEW|INDEX|SEQUENCE))\b",
    re.DOTALL,
)
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
NOW = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("Timestamp", "now"),
    ("Timestamp", "utcnow"),
    ("Timestamp", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
MAY_READ_THE_CLOCK = (
    "riskcore/services/desk.py",
    "riskcore/cli.py",
    "riskcore/demo.py",
    "riskcore/live/",
)
WEB = {
    "streamlit": ("app.py", "pages/", "riskcore/ui/"),
    "fastapi": ("app.py", "riskcore/api/"),
    "starlette": ("app.py", "riskcore/api/"),
    "duckdb": ("riskcore/store/",),
}
# Named in requirements.txt for what others load by name: docs/decisions/0002-packages.md.
NOT_IMPORTED = {
    "uvloop",
    "tzdata",
    "python-multipart",
    "websockets",
    "uvicorn",
    "h11",
}


def name(path: Path) -> str:
    """The path as in the repository, with `/`."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """What the file says."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> set[str]:
    """The first word of every module that the file imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of the file that is not a docstring, with its line."""
    root = tree(path)
    blocks = [node for node in ast.walk(root) if isinstance(node, DOCUMENTED)]
    prose = {id(block.body[0].value) for block in blocks if ast.get_docstring(block)}
    for node in ast.walk(root):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def clock_readings(path: Path) -> Iterator[int]:
    """The lines on which the file asks what time it is."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in NOW:
                yield node.lineno


def test_imports_point_down() -> None:
    """The contracts are in pyproject.toml."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("package", "homes"), WEB.items())
def test_a_web_or_database_package_stays_in_its_part(package: str, homes: tuple[str, ...]) -> None:
    strays = [name(path) for path in CODE if package in imported(path)]
    assert [stray for stray in strays if not stray.startswith(homes)] == []


def test_pages_reach_the_desk_through_services_and_shared_parts_only() -> None:
    below = re.compile(r"^\s*(from|import) riskcore\.(store|ingest|live|api)\b", re.MULTILINE)
    assert [name(path) for path in PAGES if below.search(path.read_text(encoding="utf-8"))] == []


def test_sql_is_written_in_the_store_only() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in CODE
        if not name(path).startswith("riskcore/store/")
        for line, text in texts(path)
        if SQL.search(text)
    ]
    assert found == []


def test_the_store_is_where_the_sql_is() -> None:
    store = [path for path in CORE if name(path).startswith("riskcore/store/")]
    assert any(SQL.search(text) for path in store for _, text in texts(path))


def test_the_clock_is_read_by_the_desk_and_handed_on() -> None:
    found = [
        f"{name(path)}:{line}"
        for path in CODE
        if not name(path).startswith(MAY_READ_THE_CLOCK)
        for line in clock_readings(path)
    ]
    assert found == []


def test_a_function_fits_in_the_head() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name} has {length} lines"
        for path in CODE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert found == []


def test_a_file_fits_in_the_head() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_page_is_thin() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PAGES}
    assert {page: length for page, length in lengths.items() if length > LONGEST_PAGE} == {}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_opens_with_the_question_it_answers(page: Path) -> None:
    assert "?" in (ast.get_docstring(tree(page)) or "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_kind_is_explained(kind: str) -> None:
    """A heading of docs/rules.md names the kind: `## ... (`max_loss`)` or `## Max loss`."""
    headings = re.findall(r"^##+ (.+)$", (ROOT / "docs/rules.md").read_text("utf-8"), re.MULTILINE)
    plain = [re.sub(r"[\s_-]+", "_", heading.lower()) for heading in headings]
    assert any(kind in heading for heading in plain), f"docs/rules.md has no section on {kind}"


def test_every_package_that_is_pinned_is_imported() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {re.split(r"[=<>;]", line)[0] for line in lines if line and not line.startswith("#")}
    used = set().union(*(imported(path) for path in CODE))
    assert pinned - used == NOT_IMPORTED


def test_every_package_that_is_imported_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {re.split(r"[=<>;]", line)[0] for line in lines}
    used = set().union(*(imported(path) for path in CODE))
    ours = {"riskcore", "app"}
    assert used - pinned - ours - sys.stdlib_module_names == set()


def test_the_server_finds_the_application() -> None:
    """`streamlit run` reads the source and looks for exactly this; `app = f()` serves no API."""
    calls = [
        ast.unparse(node.value.func)
        for node in ast.walk(tree(APP))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if [ast.unparse(target) for target in node.targets] == ["app"]
    ]
    assert calls == ["st.App"]
