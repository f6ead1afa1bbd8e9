"""The local runtime: what a developer and a test may rely on."""

import time
from collections.abc import Callable

import httpx
import pytest

from local.client import Runtime, RuntimeFailed


def get(runtime: Runtime, path: str, **headers: str) -> httpx.Response:
    return httpx.get(runtime.url + path, headers=headers, timeout=20)


def until(found: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def printed(runtime: Runtime) -> str:
    return "\n".join(line["text"] for line in runtime.logs())


def test_variables_and_the_host_header_reach_the_worker(runtime: Runtime) -> None:
    assert get(runtime, "/greeting", host="acme.localhost:8787").text == "hello acme.localhost:8787"


def test_a_failing_request_shows_where(runtime: Runtime) -> None:
    answer = get(runtime, "/boom")
    assert answer.status_code == 500
    assert answer.text.splitlines()[0] == "Traceback (most recent call last):"
    assert 'File "/session/metadata/main.py"' in answer.text
    assert "_pyodide" not in answer.text
    assert answer.text.splitlines()[-1] == "ValueError: in the request"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/background", "ValueError: in the background"),
        ("/queue", "ValueError: in the consumer"),
        ("/alarm", "ValueError: in the alarm"),
    ],
)
def test_failures_nobody_waits_for_are_printed(runtime: Runtime, path: str, message: str) -> None:
    assert get(runtime, path).status_code == 200
    until(lambda: message in printed(runtime))


def test_business_time_is_offset_for_requests_and_ticks(runtime: Runtime) -> None:
    runtime.set_clock(86_400_000)
    try:
        assert get(runtime, "/offset").text == "86400000"
        runtime.tick()
        until(lambda: "tick at" in printed(runtime))
        line = next(line for line in reversed(printed(runtime).splitlines()) if line.startswith("tick at"))
        assert abs(int(line.split()[-1]) - (time.time() * 1000 + 86_400_000)) < 10_000
    finally:
        runtime.set_clock(0)


def test_d1_is_open_to_tests(runtime: Runtime) -> None:
    assert runtime.d1("select ? as text, ? as number", "x", 2) == [{"text": "x", "number": 2}]
    created, inserted = runtime.d1_batch(
        [("create table if not exists kept (n integer)", []), ("insert into kept values (?), (?)", [1, 2])]
    )
    assert (created.rows, inserted.changes) == ([], 2)
    with pytest.raises(RuntimeFailed, match="no such table: nowhere"):
        runtime.d1("select * from nowhere")


def test_a_failpoint_kills_at_the_nth_time_and_state_survives(runtime: Runtime) -> None:
    runtime.d1("create table if not exists survivor (n integer)")
    runtime.d1("insert into survivor values (7)")
    runtime.set_clock(60_000)
    before = runtime.status()
    runtime.arm_all({"here.and.now": 2})
    assert get(runtime, "/reach").text == "done"
    with pytest.raises(httpx.TransportError):
        get(runtime, "/reach")
    until(lambda: runtime.status()["boots"] > before["boots"])
    assert runtime.failpoints()["fired"] == ["here.and.now"]
    assert get(runtime, "/reach").text == "done", "a failpoint fires once"
    assert get(runtime, "/offset").text == "60000", "the clock's offset outlives the process"
    assert runtime.d1("select n from survivor") == [{"n": 7}]
    runtime.set_clock(0)


def test_kill_returns_when_the_worker_serves_again(runtime: Runtime) -> None:
    before = runtime.status()["workerd"]
    runtime.kill()
    assert runtime.status()["workerd"] != before
    assert get(runtime, "/greeting").status_code == 200


def test_a_dead_interpreter_is_replaced(runtime: Runtime) -> None:
    before = runtime.status()
    assert get(runtime, "/fatal").status_code == 500
    until(lambda: runtime.status()["boots"] > before["boots"])
    assert runtime.status()["fatals"] == before["fatals"] + 1
    assert get(runtime, "/greeting").status_code == 200


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"host": "rebound.example"}])
def test_a_web_page_does_not_get_through_the_control_door(runtime: Runtime, headers: dict[str, str]) -> None:
    body = {"sql": "create table stolen (n integer)"}
    assert httpx.post(f"{runtime.control}/d1", json=body, headers=headers).status_code == 403
    with pytest.raises(RuntimeFailed, match="no such table"):
        runtime.d1("select * from stolen")


def test_storage_can_be_slow(runtime: Runtime) -> None:
    get(runtime, "/store")
    runtime.set_storage_delay(60)
    try:
        started = time.monotonic()
        assert get(runtime, "/store").text == "v"
        assert time.monotonic() - started > 0.24, "four calls of 60 ms"
    finally:
        runtime.set_storage_delay(0)
