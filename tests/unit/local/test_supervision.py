"""Children are watched, started again with growing pauses, ended in order, and never outlive the program."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from infra.local.engines.process import Child, Command, DidNotStart, _dies_with_us, wait_until
from infra.local.runner.data_folder import DataFolder
from infra.local.runner.problems import CannotRun
from infra.local.runner.supervisor import Supervised, Supervisor

SLEEP = Command(["sleep", "60"])


def _alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_child_that_dies_is_started_again_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child("sleeper", tmp_path / "log")
    child.launch(SLEEP)
    supervisor = Supervisor(said.append, lambda pids: None)
    supervisor.add(0, Supervised(child, lambda: child.launch(SLEEP), pause=0.05))
    first = child.pid
    child.kill()
    supervisor.watch_once()
    assert said == ["sleeper ended with code -9; starting it again in 0.05 s"]
    time.sleep(0.1)
    supervisor.watch_once()
    assert child.running
    assert child.pid != first
    supervisor.stop()


def test_the_pause_doubles_while_a_child_keeps_dying(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child("failing", tmp_path / "log")
    dies = Command(["false"])
    child.launch(dies)
    supervisor = Supervisor(said.append, lambda pids: None)
    supervisor.add(0, Supervised(child, lambda: child.launch(dies), pause=0.02))
    while len(said) < 4:
        supervisor.watch_once()
        time.sleep(0.005)
    assert [line.rpartition(" in ")[2] for line in said] == ["0.02 s", "0.04 s", "0.08 s", "0.16 s"]


def test_a_kill_from_outside_does_not_lengthen_the_pause(tmp_path: Path) -> None:
    said: list[str] = []
    child = Child("killed", tmp_path / "log")
    child.launch(SLEEP)
    supervisor = Supervisor(said.append, lambda pids: None)
    one = Supervised(child, lambda: child.launch(SLEEP), pause=0.4)
    supervisor.add(0, one)
    for _ in range(3):
        child.kill()
        while not child.running:
            supervisor.watch_once()
            time.sleep(0.005)
    supervisor.stop()
    assert [line.rpartition(" in ")[2] for line in said] == ["0.4 s", "0.5 s", "0.5 s"]


def test_a_dead_child_that_is_held_down_stays_so_until_it_is_let_go(tmp_path: Path) -> None:
    child, held = Child("held", tmp_path / "log"), {"held"}
    child.launch(SLEEP)
    supervisor = Supervisor(lambda _: None, lambda pids: None, held.__contains__)
    supervisor.add(0, Supervised(child, lambda: child.launch(SLEEP), pause=0.0))
    child.kill()
    for _ in range(3):
        supervisor.watch_once()
    assert not child.running
    held.clear()
    supervisor.watch_once()
    assert child.running
    supervisor.stop()


def test_ranks_end_from_the_highest_down_and_the_deaf_are_killed(tmp_path: Path) -> None:
    order = tmp_path / "order"
    script = f"trap 'echo NAME >> {order}; exit 0' TERM; echo up; while true; do sleep 0.02; done"
    deaf = "trap '' TERM; echo up; while true; do sleep 0.02; done"
    supervisor = Supervisor(lambda _: None, lambda pids: None)
    children = []
    for rank, (name, text) in enumerate((("engine", script), ("api", script), ("front", deaf))):
        child = Child(name, tmp_path / name)
        child.launch(Command(["bash", "-c", text.replace("NAME", name)]))
        wait_until(lambda log=tmp_path / name: b"up" in log.read_bytes(), child, 5)  # type: ignore[misc]
        supervisor.add(rank, Supervised(child, lambda: None))
        children.append(child)
    assert supervisor.stop(patience_s=0.5)
    assert not any(child.running for child in children)
    assert order.read_text().split() == ["api", "engine"]


@pytest.mark.parametrize("pause", [0, 0.002, 0.01, 0.2])
def test_children_die_with_a_program_that_is_killed(tmp_path: Path, pause: float) -> None:
    """At whatever moment: also before the child had time to ask the kernel for the signal."""
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from infra.local.engines.process import Child, Command\n"
        f"child = Child('orphan', Path({str(tmp_path / 'log')!r}))\n"
        "child.launch(Command(['sleep', '60']))\nprint(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    assert program.stdout is not None
    pid = int(program.stdout.readline())
    time.sleep(pause)
    program.send_signal(signal.SIGKILL)
    program.wait()
    deadline = time.monotonic() + 5
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _alive(pid)


def test_a_child_whose_parent_died_before_the_signal_was_armed_ends_by_itself() -> None:
    stranger = subprocess.run(
        [*_dies_with_us(signal.SIGKILL)[:-1], "1", "echo", "still here"], capture_output=True, check=False
    )
    ours = subprocess.run(
        [*_dies_with_us(signal.SIGKILL), "echo", "still here"], capture_output=True, check=True
    )
    assert (stranger.stdout, ours.stdout) == (b"", b"still here\n")


def test_a_child_sees_nothing_of_our_own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    child = Child("env", tmp_path / "log")
    child.launch(Command(["env"], env={"GIVEN": "yes"}))
    child.wait(5)
    told = (tmp_path / "log").read_text()
    assert "GIVEN=yes" in told
    assert "AWS_SECRET_ACCESS_KEY" not in told


def test_a_child_that_ends_while_it_should_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    child = Child("broken", tmp_path / "log")
    child.launch(Command(["bash", "-c", "echo no disk; exit 3"]))
    with pytest.raises(DidNotStart, match=r"broken ended with code 3:\nno disk"):
        wait_until(lambda: False, child, 5)


def test_one_data_folder_serves_one_run(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path / "home"), DataFolder(tmp_path / "home")
    first.open()
    with pytest.raises(CannotRun, match=f"already runs .*process {os.getpid()}"):
        second.open()


def test_ports_stay_the_same_from_start_to_start_unless_taken(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    first = folder.ports(["a", "b"], taken=8080)
    assert folder.ports(["a", "b"], taken=8080) == first
    other = folder.ports(["a", "b"], taken=first["a"])
    assert other["b"] == first["b"]
    assert other["a"] != first["a"]


def test_a_log_grown_large_is_set_aside(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    (tmp_path / "logs").mkdir()
    file = tmp_path / "logs" / "api.jsonl"
    with file.open("wb") as log:
        log.truncate(21 * 1024**2)
    assert not folder.log("api").exists()
    assert (tmp_path / "logs" / "api.jsonl.1").exists()
