"""A sandbox for these tests, with one account of each kind whose callbacks go to a receiver."""

import threading
import uuid
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import httpx
import pytest

from sandbox.client import Sandbox
from sandbox.signing import new_private_key
from support.sandboxed import Handler, Mailing, Receiver, Running, Site, Texting


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"receiver": found}))
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    found.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def shared() -> Iterator[Sandbox]:
    running = Running()
    yield running.sandbox
    running.stop()


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset(keep_accounts=False)
    return shared


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
def texting(sandbox: Sandbox, receiver: Receiver, http: httpx.Client) -> Texting:
    found = Texting(sandbox, http)
    sandbox.clicksend_account(
        found.username,
        api_key=found.key,
        numbers=[found.number],
        inbound_url=f"{receiver.url}/in/path-secret",
        receipt_url=f"{receiver.url}/receipt/path-secret",
        retry_ms=[10, 10],
    )
    return found


@pytest.fixture
def mailing(sandbox: Sandbox, receiver: Receiver, http: httpx.Client) -> Mailing:
    found = Mailing(sandbox, http)
    account = sandbox.resend_account(
        found.name, api_key=found.key, webhook_url=f"{receiver.url}/resend", retry_ms=[10, 10]
    )
    found.secret = account["webhook_secret"]
    return found


@pytest.fixture(scope="session")
def private_key_pem() -> str:
    return new_private_key()  # once: making an RSA key takes a while


@pytest.fixture
def site(sandbox: Sandbox, receiver: Receiver, private_key_pem: str) -> Site:
    instance_id = str(uuid.uuid4())
    sites = {instance_id: f"{receiver.url}/wix"}
    app = sandbox.wix_app("app-1", sites=sites, private_key_pem=private_key_pem, retry_ms=[10, 10])
    return Site("app-1", instance_id, app["public_key_pem"], app["hmac_secret"])
