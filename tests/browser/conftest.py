"""A real browser on the whole product: one Worker, one sandbox and one Chromium for all, a fresh tenant each."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from sandbox.client import Sandbox
from seed.office import Office
from support import chromium
from support.looking import watched
from support.screens import Screens
from support.stage import Stage, new_address

Opened = Callable[..., Page]
PATIENCE_MS = 30_000
"""What is waited for is told as soon as it is there; a machine that does other things beside is slow at times."""
expect.set_options(timeout=PATIENCE_MS)

FORESEEN = re.compile(
    r"the server responded with a status of 4"
    r"|net::ERR_(CONNECTION_\w+|EMPTY_RESPONSE|INTERNET_DISCONNECTED|NETWORK_CHANGED|SOCKET_NOT_CONNECTED)"
    r"|WebSocket connection to"
)
"""What Chromium reports of requests that were refused or found no server; pages are made for both, and say so.

Which of the names a server that was killed gets depends on how far the request had come: all that say "no connection"
are one. A 500, a blocked resource and a thing that was never caught are none of them.
"""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless, and closed before other folders are run: Playwright keeps an event loop in this thread."""
    found = chromium.find()
    with sync_playwright() as playwright:
        # The network guard of the tests watches Python's own sockets; a browser is another process.
        launched = playwright.chromium.launch(
            executable_path=found.path,
            args=list(found.flags),
            env={**chromium.surroundings(), **found.variables},
        )
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Started once: booting the Worker takes seconds. Providers are waited for: a busy machine is no outage."""
    with Stage.open(tmp_path_factory.mktemp("stage"), {"PROVIDER_TIMEOUT_MS": "20000"}) as opened:
        yield opened


@pytest.fixture
def stage(whole: Stage) -> Iterator[Stage]:
    """Back on real time and without faults after each test; the tenants of others are quiet."""
    whole.hush()
    yield whole
    whole.set_clock(0)
    whole.sandbox.clear_faults()


@pytest.fixture
def sandbox(stage: Stage) -> Sandbox:
    """The outside world."""
    return stage.sandbox


@pytest.fixture
def clinic(stage: Stage) -> Office:
    """A clinic in Sydney with a person of every role, of this test alone."""
    staff = [(role, f"The {role.title()}", role) for role in ("admin", "staff", "technician", "viewer")]
    # In a thread of its own: Playwright keeps an event loop in this one, and sealing secrets starts another.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(stage.office, name="Harbour Imaging", staff=staff).result()


@pytest.fixture
def screens() -> Screens:
    """Where pictures go: FRONTDESK_SCREENS, outside the repository; nowhere without it."""
    return Screens.from_environment()


@pytest.fixture
def opened(browser: Browser, stage: Stage, clinic: Office) -> Iterator[Opened]:
    """Opens a page of the clinic's dashboard, signed in as `who` (None: nobody). A test fails on any page error."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_(path: str = "/app/", who: str | None = "owner", width: int = 1280, **options: Any) -> Page:
        # An address of its own, as each client has; the limit by address is not one for all tests together.
        headers = {"cf-connecting-ip": new_address()}
        context = browser.new_context(
            viewport={"width": width, "height": 900}, extra_http_headers=headers, **options
        )
        contexts.append(context)
        url = stage.stack.tenant_url(clinic.slug)
        if who:
            token = stage.signed_in(clinic, who).token
            context.add_cookies([{"name": "fd_session", "value": token, "url": url}])
        page = watched(context.new_page())
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.extend([line.text] if line.type == "error" else []))
        page.goto(f"{url}{path}")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not [each for each in complaints if not FORESEEN.search(each)]
