"""Set-up: a step runs when its inputs changed or it was interrupted; locks are complete."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local import setup, vendor
from local.child import ROOT
from local.setup import STEPS, Step, set_up, take
from support.processes import is_alive

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def a_step(place: Path) -> tuple[Path, list[bool], Callable[[bool], None]]:
    """A lock, the calls so far, and what makes `place / "made"`."""
    lock = place / "lock"
    lock.write_text("1")
    calls: list[bool] = []

    def make(from_nothing: bool) -> None:
        calls.append(from_nothing)
        (place / "made").mkdir(exist_ok=True)

    return lock, calls, make


def test_a_step_is_skipped_until_its_inputs_change(tmp_path: Path) -> None:
    lock, calls, make = a_step(tmp_path)
    step = Step(tmp_path / "made", tmp_path / "made", (lock,), make)
    take(step)
    take(step)
    assert calls == [False]
    lock.write_text("2")
    take(step)
    assert calls == [False, False]


def test_what_cannot_be_read_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, _, make = a_step(tmp_path)
    step = Step(tmp_path / "made", tmp_path / "made", (lock,), make)
    take(step)

    def forbidden(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbidden)
    assert not step.is_made()


def test_a_directory_borrowed_from_another_checkout_is_not_made_again(tmp_path: Path) -> None:
    lock, calls, make = a_step(tmp_path)
    take(Step(tmp_path / "made", tmp_path / "made", (lock,), make))
    (tmp_path / "borrowed").symlink_to("made")
    take(Step(tmp_path / "borrowed", tmp_path / "borrowed", (lock,), make))
    assert calls == [False]


def test_an_interrupted_step_starts_from_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("1")
    calls: list[bool] = []

    def make(from_nothing: bool) -> None:
        calls.append(from_nothing)
        (tmp_path / "made").mkdir(exist_ok=True)
        if len(calls) == 1:
            raise KeyboardInterrupt

    step = Step(tmp_path / "made", tmp_path / "made", (lock,), make)
    with pytest.raises(KeyboardInterrupt):
        take(step)
    take(step)
    assert calls == [False, True]


def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[bool], None]) -> str:
    """What a set-up says whose every step ends like `make`."""
    lock = tmp_path / "lock"
    lock.write_text("1")
    steps = {name: Step(tmp_path / name, tmp_path / name, (lock,), make) for name in STEPS}
    monkeypatch.setattr(setup, "STEPS", steps)
    with pytest.raises(SystemExit) as told:
        set_up()
    return str(told.value)


def test_a_download_that_fails_is_told_in_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_from_nothing: bool) -> None:
        vendor.download([sys.executable, Path("-c"), "import sys; sys.exit(1)"], tmp_path, [], "none")

    assert "registries of pip and npm; the next run goes on" in refused(tmp_path, monkeypatch, unreachable)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(_from_nothing: bool) -> None:
        raise OSError(30, "Read-only file system", "there")

    assert refused(tmp_path, monkeypatch, read_only) == "setup: there: Read-only file system"


def test_a_machine_without_npm_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert "npm is needed" in refused(tmp_path, monkeypatch, lambda _: None)


def test_ctrl_c_ends_it_in_a_sentence() -> None:
    script = """
import runpy, sys
from local import setup
def press(*_): raise KeyboardInterrupt
sys.modules.pop("local.setup")
import shutil; shutil.which = press
sys.argv = ["setup"]
import pathlib; pathlib.Path.read_text = lambda *_: "not this"
runpy.run_module("local.setup", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT / "scripts",
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (130, "setup: stopped; the next run makes what is missing\n")


def test_what_it_started_is_ended_with_it(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from local import setup
from local.errands import run
place = Path(sys.argv[1])
def slow(_from_nothing):
    run("sh", "-c", f"sleep 60 & echo $! > {place}/grandchild.new; mv {place}/grandchild.new {place}/grandchild; wait")
(place / "lock").write_text("1")
step = setup.Step(place / "made", place / "made", (place / "lock",), slow)
setup.STEPS = dict.fromkeys(setup.STEPS, step)
setup.main()
"""
    setting_up = subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT / "scripts", stderr=subprocess.PIPE, text=True
    )
    with setting_up:
        deadline = time.monotonic() + 20
        while not (tmp_path / "grandchild").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        setting_up.send_signal(signal.SIGTERM)
        assert setting_up.wait(5) == 130
        assert setting_up.stderr
        told = setting_up.stderr.read().splitlines()
    assert told[-1] == "setup: stopped; the next run makes what is missing"
    assert not [line for line in told if not line.startswith("setup: ")]
    while is_alive(int((tmp_path / "grandchild").read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_this_checkout_is_set_up() -> None:
    assert all(step.is_made() for step in STEPS.values())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_a_version_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = vendor.locked(text)
    assert entries
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries.values())
    assert "://" not in text


def test_the_npm_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = [each for name, each in lock["packages"].items() if name]
    assert all("resolved" not in each for each in packages)
    assert all(each["integrity"].startswith("sha512-") for each in packages)


def test_the_host_runs_the_same_versions_as_the_worker() -> None:
    worker, dev = (
        vendor.locked((ROOT / "requirements" / name).read_text()) for name in ("worker.txt", "dev.txt")
    )
    assert {name: entry.split()[0] for name, entry in worker.items()}.items() <= {
        name: entry.split()[0] for name, entry in dev.items()
    }.items()


def test_no_foreign_binary_is_vendored() -> None:
    found = [path.name for path in (ROOT / "python_modules").rglob("*") if path.suffix in (".so", ".pyd")]
    assert found
    assert all("wasm32-emscripten" in name for name in found)
