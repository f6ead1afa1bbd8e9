"""Starting, reloading and stopping: nothing is left behind, and a state has one owner."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from local.child import ROOT, collect, environment
from local.client import Runtime, RuntimeFailed
from support.processes import is_alive

HERE = Path(__file__).parent


def test_a_killed_runtime_leaves_a_workerd_that_the_next_one_ends(tmp_path: Path) -> None:
    first = Runtime.start(state=tmp_path, config=HERE / "wrangler.toml", quiet=True)
    assert first.process
    orphan = first.status()["workerd"]
    with pytest.raises(RuntimeFailed):
        Runtime.start(state=tmp_path, config=HERE / "wrangler.toml", quiet=True, log=subprocess.DEVNULL)
    first.process.send_signal(signal.SIGKILL)
    collect(first.process)
    assert is_alive(orphan)
    with Runtime.start(state=tmp_path, config=HERE / "wrangler.toml", quiet=True) as second:
        assert not is_alive(orphan)
        ended = second.status()["workerd"]
        assert second.process
        second.process.send_signal(signal.SIGTERM)
        assert second.process.wait(10) == 0
    assert not is_alive(ended)
    assert not (tmp_path / "runtime.json").exists()


def test_a_program_too_busy_to_end_is_ended(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    busy = f"{deaf}; import time; print('busy', flush=True); time.sleep(600)"
    attended = [sys.executable, str(ROOT / "scripts" / "local" / "attended.py"), sys.executable, "-c", busy]
    child = subprocess.Popen(attended, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdin and child.stdout
        assert child.stdout.readline() == "busy\n"
        child.stdin.close()  # as when its parent has gone
        assert child.wait(9) != 0


def test_ctrl_c_while_it_compiles_ends_the_compiler_too(tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "main.py").write_text(f"NEVER_SEEN_BEFORE = {str(tmp_path)!r}\n")
    runtime = [
        "node",
        str(ROOT / "scripts" / "local" / "runtime.mjs"),
        "--config",
        str(HERE / "wrangler.toml"),
    ]
    starting = subprocess.Popen(
        [*runtime, "--port", "0", "--state", str(tmp_path / "state"), "--app", str(app)],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    with starting:
        assert starting.stderr
        assert "compiling 1 modules" in starting.stderr.readline()
        job = f"job.{starting.pid}."
        pressed = time.monotonic()
        starting.send_signal(signal.SIGTERM)
        assert starting.wait(5) == 0
        assert time.monotonic() - pressed < 2, "nothing runs yet that would have to end in order"
    while job in (
        listed := subprocess.run(["ps", "-ww", "-eo", "args="], capture_output=True, text=True).stdout
    ):
        assert time.monotonic() - pressed < 5, listed
    assert not list((ROOT / ".wrangler" / "bytecode").glob(f"{job}*"))


def test_a_changed_source_is_served_within_four_seconds(tmp_path: Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(HERE / "app", app, ignore=shutil.ignore_patterns("__pycache__"))
    config, main = tmp_path / "wrangler.toml", app / "main.py"
    config.write_text((HERE / "wrangler.toml").read_text())

    def save(text: str, file: Path = main) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(file)  # as editors save

    def served(path: str, wanted: str) -> None:
        saved = time.monotonic()
        while wanted not in _text(runtime, path):
            # The aim is 4 s; the bound leaves room for a busy machine.
            assert time.monotonic() - saved < 8
            time.sleep(0.1)

    source = main.read_text()
    with Runtime.start(state=tmp_path / "state", config=config, watch=True, quiet=True) as runtime:
        process = runtime.status()["workerd"]
        assert _text(runtime, "/object") == "done"
        for version in ("first", "second"):
            save(source.replace('"done"', f'"{version}"'))
            served("/", version)
            assert _text(runtime, "/object") == version, "objects that live on are of the new code too"
        save(source + "import nothing_there\n")
        served("/", "No module named 'nothing_there'")
        save(source.replace('"done"', '"third"'))
        served("/", "third")
        assert runtime.status()["workerd"] == process, "sockets stay open"
        runtime.kill()
        assert _text(runtime, "/") == "third", "what starts again is what was saved last"
        save(config.read_text().replace('"hello"', '"good morning"'), config)
        served("/greeting", "good morning")
        assert _text(runtime, "/") == "third"


def _text(runtime: Runtime, path: str) -> str:
    try:
        return httpx.get(runtime.url + path, timeout=10).text
    except httpx.TransportError:
        return ""
