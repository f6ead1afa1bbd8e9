"""What the first view weighs, how soon Today can be used, and that what is served is what it says it is."""

import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from local.child import ROOT
from seed.office import Office
from support.stage import Stage, new_phone

Opened = Callable[..., Page]
PUBLIC = ROOT / "public"
FIRST = ("app/main.js", "app/views/today.js")
LIMIT = 100 * 1024
NEEDED = re.compile(r"/api/v1/(me|bookings)(\?|$)")
ANSWERED = (
    "performance.getEntriesByType('resource').filter(e => e.name.includes('/api/v1/bookings'))[0].responseEnd"
)
IMPORT = re.compile(r'from\s*"(\.[^"]+)"')


def closure(*roots: str) -> set[Path]:
    """The modules that these import, and theirs, and so on."""
    found: set[Path] = set()
    waiting = [PUBLIC / root for root in roots]
    while waiting:
        file = waiting.pop().resolve()
        if file not in found:
            found.add(file)
            waiting += [file.parent / each for each in IMPORT.findall(file.read_text())]
    return found


def test_the_first_view_is_under_100_kb_and_preloaded_in_one_go() -> None:
    first = closure(*FIRST)
    size = sum(len(zlib.compress(file.read_bytes(), 6)) for file in first)
    print(f"first view: {len(first)} modules, {size / 1024:.1f} KB compressed")
    assert size < LIMIT
    named = set(re.findall(r'modulepreload" href="/([^"]+)"', (PUBLIC / "app/index.html").read_text()))
    wanted = {file.relative_to(PUBLIC.resolve()).as_posix() for file in first} - {"app/main.js"}
    assert named == wanted, "the modulepreload lines of index.html and what the first view imports differ"


def test_vendored_libraries_are_those_of_the_lock() -> None:
    assert subprocess.run([sys.executable, ROOT / "scripts" / "vendor", "--check"]).returncode == 0


def test_todays_list_waits_for_who_is_asking_and_its_own_answer_alone(
    stage: Stage, clinic: Office, opened: Opened
) -> None:
    """Every other question of the API stays without an answer here; how long it took is told, not judged."""
    for _ in range(3):
        stage.book(clinic, start=stage.runtime.now_ms(), phone=new_phone(), last_name="Nguyen")
    stage.drain()
    page = opened("/app/contacts")
    expect(page.get_by_role("heading", name="Contacts")).to_be_visible()
    held: list[str] = []
    page.route(
        lambda url: "/api/v1/" in url and not NEEDED.search(url), lambda route: held.append(route.request.url)
    )
    for _ in ("the first time", "from what the browser kept"):
        page.goto(page.url.replace("/app/contacts", "/app/today"))
        expect(page.get_by_role("link", name=re.compile("Nguyen")).first).to_be_visible()
        print(f"today's list was there after {page.evaluate(ANSWERED):.0f} ms")
    assert held, "nothing was asked beside the list: this test shows nothing"


def test_pages_survive_a_reload_and_files_are_files(opened: Opened) -> None:
    page = opened("/app/settings/staff")
    expect(page.get_by_role("heading", name="Staff")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Staff")).to_be_visible()
    paths = ["/app/main.js", "/vendor/preact.js", "/app/none.js", "/app", "/app/none.txt", "/app/contacts/1"]
    answers = page.evaluate(
        """async (paths) => {
            const found = {};
            for (const path of paths) {
                const answer = await fetch(path);
                found[path] = [answer.status, answer.headers.get("content-type")];
            }
            return found;
        }""",
        paths,
    )
    script, page_kind = "text/javascript; charset=utf-8", "text/html; charset=utf-8"
    assert answers["/app/main.js"] == [200, script]
    assert answers["/vendor/preact.js"] == [200, script]
    assert answers["/app/none.js"][0] == answers["/app/none.txt"][0] == 404
    assert answers["/app"] == answers["/app/contacts/1"] == [200, page_kind]
