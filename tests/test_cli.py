"""The command line and its demo: what it posts, how its leader trades, how it refuses."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from riskcore import cli, demo
from riskcore.api.application import api_application
from riskcore.domain.errors import Conflict, RiskError, StoreUnavailable
from riskcore.domain.status import Status
from riskcore.services.desk import LOCAL_USER, Desk, open_desk
from riskcore.services.groups import list_groups
from riskcore.services.risk import evaluate_group
from riskcore.services.sample import read_sample

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STEP_SECONDS = demo.POST_SECONDS * 60
STEPS = int(demo.SESSION_SECONDS / STEP_SECONDS)


class DeskOverRest:
    """Posts to the real application, without a server."""

    def __init__(self, desk: Desk) -> None:
        self.client = TestClient(api_application(lambda: desk), base_url="http://127.0.0.1")

    def post(self, path: str, body: object) -> demo.Answer:
        headers = {"Content-Type": "application/json"}
        answer = self.client.post(f"/v1{path}", content=json.dumps(body), headers=headers)
        assert answer.status_code in {200, 201}, answer.text
        told: demo.Answer = answer.json()
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(open_desk(tmp_path / "desk.duckdb", clock=lambda: NOW)) as opened:
        yield opened


def group_statuses(desk: Desk) -> dict[str, Status]:
    return {
        group.name: evaluate_group(desk, LOCAL_USER, group.id).overall_status
        for group in list_groups(desk, LOCAL_USER)
    }


def session(seed: int = 1, begin: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    return demo.session(begin, STEPS, STEP_SECONDS, np.random.default_rng(seed))


def test_the_demo_posts_the_sample_over_rest(desk: Desk) -> None:
    ids = demo.load(DeskOverRest(desk), read_sample(NOW))
    assert len(ids) == 6
    assert group_statuses(desk) == {
        "Futures copy desk": Status.CRITICAL,
        "Evaluations": Status.VIOLATED,
    }


def test_the_feed_goes_through_critical_and_caution_and_breaks_nothing(desk: Desk) -> None:
    """An hour of the demo at the usual speed, seen every half minute."""
    rest, sample = DeskOverRest(desk), read_sample(NOW)
    ids = demo.load(rest, sample)
    group = next(g for g in list_groups(desk, LOCAL_USER) if g.name == "Futures copy desk")
    openings = demo.opening_balances(sample)
    profits = islice(demo.leader_profits(STEP_SECONDS, demo.SEED), 0, 7_200, 60)
    found = []
    for place, (closed, total) in enumerate(profits):
        taken_at = NOW + timedelta(seconds=place / 2)
        bodies = [
            demo.snapshot_body(
                ids[number], taken_at, *demo.copied(openings[number], ratio, closed, total)
            )
            for number, ratio in demo.COPIES.items()
        ]
        rest.post("/snapshots", bodies)
        found.append(evaluate_group(desk, LOCAL_USER, group.id).overall_status)
    assert {Status.CRITICAL, Status.CAUTION} <= set(found) <= set(Status) - {Status.VIOLATED}
    changes = sum(before != after for before, after in pairwise(found))
    assert changes >= 6


def test_the_same_seed_trades_the_same_day() -> None:
    for first, second in zip(session(seed=3), session(seed=3), strict=True):
        assert (first == second).all()
    assert (session(seed=3)[1] != session(seed=4)[1]).any()


@pytest.mark.parametrize("seed", range(5))
def test_the_leaders_profit_stays_between_its_bounds(seed: int) -> None:
    _, total = session(seed)
    assert total.min() >= demo.LOWEST
    assert total.max() <= demo.HIGHEST


def test_closed_profit_changes_only_when_a_trade_closes_and_then_equals_the_total() -> None:
    closed, total = session()
    changes = np.flatnonzero(np.diff(closed)) + 1
    assert 5 <= len(changes) <= STEPS / 5
    assert (closed[changes] == total[changes]).all()


def test_a_session_begins_and_ends_without_a_position() -> None:
    closed, total = session()
    assert closed[0] == total[0]
    assert closed[-1] == total[-1]


def test_profit_is_to_the_cent() -> None:
    for profit in session():
        assert (np.round(profit, 2) == profit).all()


def test_a_session_goes_on_where_the_last_one_ended() -> None:
    total = [total for _, total in islice(demo.leader_profits(STEP_SECONDS, 1), 2 * STEPS)]
    largest = np.abs(np.diff(total[:STEPS])).max()
    assert abs(total[STEPS] - total[STEPS - 1]) <= largest


def test_a_walk_is_turned_back_at_its_bounds_by_as_much_as_it_went_beyond() -> None:
    walk = np.array([-3.0, 0.0, 4.0, 10.0, 12.0, 23.0])
    assert demo.turned_back(walk, 0.0, 10.0).tolist() == [3.0, 0.0, 4.0, 10.0, 8.0, 3.0]


def test_a_copy_makes_its_multiple_of_the_leaders_profit() -> None:
    assert demo.copied(50_000.0, 2, 10.5, -20.25) == (50_021.0, 49_959.5)


def test_a_faster_demo_moves_further_in_a_step() -> None:
    def typical(speed: float) -> float:
        steps = demo.leader_profits(demo.POST_SECONDS * speed, 1)
        return float(np.abs(np.diff([total for _, total in islice(steps, 500)])).mean())

    assert typical(1) < typical(60) < typical(600)


def test_the_demo_refuses_a_port_somebody_listens_on() -> None:
    with socket.create_server((demo.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match=f"port {port} is in use"):
            demo.check_free(port)


def test_a_port_in_use_is_one_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((demo.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["demo", "--port", str(port), "--no-browser"]) == 2
    assert capsys.readouterr().err == (
        f"riskcore demo: port {port} is in use: choose another one with --port\n"
    )


def test_each_demo_begins_with_an_empty_desk(tmp_path: Path) -> None:
    path = tmp_path / "demo.duckdb"
    open_desk(path).close()
    demo.clear(path)
    assert not list(tmp_path.iterdir())
    demo.clear(path)


def test_what_the_demo_removes_is_its_own_database_only(tmp_path: Path) -> None:
    other = tmp_path / "weakest_link.duckdb"
    open_desk(other).close()
    open_desk(tmp_path / "demo.duckdb").close()
    demo.clear(tmp_path / "demo.duckdb")
    assert list(tmp_path.iterdir()) == [other]


def test_a_demo_that_still_runs_keeps_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "demo.duckdb"
    path.touch()

    def held(_path: Path) -> None:
        raise StoreUnavailable("another process has it open")

    monkeypatch.setattr(demo, "Database", held)
    with pytest.raises(Conflict, match="end the demo that runs"):
        demo.clear(path)
    assert path.exists()


def test_a_desk_that_does_not_answer_is_said_so() -> None:
    with socket.create_server((demo.HOST, 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(demo.DeskGone, match="does not answer"):
        demo.Rest(f"http://{demo.HOST}:{port}/api/v1").get("/health")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["demo", "--port", "0"], "must be a port from 1 to 65535, was 0"),
        (["demo", "--port", "http"], "must be a port from 1 to 65535, was http"),
        (["demo", "--port", "65536"], "must be a port from 1 to 65535, was 65536"),
        (["demo", "--speed", "0"], "must be a number above 0 and at most 3600, was 0"),
        (["demo", "--speed", "nan"], "must be a number above 0 and at most 3600, was nan"),
        (["demo", "--speed", "fast"], "must be a number above 0 and at most 3600, was fast"),
        ([], "the following arguments are required: command"),
    ],
)
def test_a_wrong_option_says_what_is_allowed(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_the_options_reach_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, float, bool]] = []

    def run_demo(*, port: int, speed: float, opens_browser: bool) -> int:
        asked.append((port, speed, opens_browser))
        return 0

    monkeypatch.setattr(cli, "run_demo", run_demo)
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "--port", "8600", "--speed", "2.5", "--no-browser"]) == 0
    assert asked == [(8501, 60.0, True), (8600, 2.5, False)]


def test_what_the_desk_refuses_ends_with_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_demo(**_options: object) -> int:
        raise RiskError("it cannot be")

    monkeypatch.setattr(cli, "run_demo", run_demo)
    assert cli.main(["demo"]) == 2
    assert capsys.readouterr().err == "riskcore demo: it cannot be\n"


def test_the_demo_starts_a_desk_fills_it_and_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real thing, interrupted as its first snapshot would be posted."""
    with socket.create_server((demo.HOST, 0)) as free:
        port = free.getsockname()[1]
    seen: list[demo.Answer] = []

    def look_and_interrupt(rest: demo.Rest, *_rest: object) -> None:
        seen.append(rest.get("/groups"))
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "DATABASE", tmp_path / "demo.duckdb")
    monkeypatch.setattr(demo, "feed", look_and_interrupt)
    monkeypatch.setattr(demo, "_end_on_signals", lambda: None)
    assert demo.run_demo(port=port, speed=60, opens_browser=False) == 0
    assert [group["name"] for group in seen[0]["items"]] == ["Evaluations", "Futures copy desk"]
    assert (tmp_path / "demo.duckdb").exists()
    demo.check_free(port)


def test_a_refused_snapshot_ends_the_feed_and_not_the_desk(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody deleted a fed account."""
    waited: list[bool] = []

    class Process:
        def wait(self) -> None:
            waited.append(True)

    def refused(*_arguments: object) -> None:
        raise demo.Refused("no account")

    monkeypatch.setattr(demo, "feed", refused)
    demo._feed_while_taken(None, Process(), read_sample(NOW), {}, 60)  # type: ignore[arg-type]
    assert waited == [True]
    assert "The desk stays" in capsys.readouterr().out
