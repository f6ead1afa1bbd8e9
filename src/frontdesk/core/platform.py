"""What the edge must offer: protocols that `edge` implements on Cloudflare and tests implement in memory."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from frontdesk.core.clock import Clock
from frontdesk.core.db import Driver
from frontdesk.core.failpoints import Reach
from frontdesk.core.log import Log
from frontdesk.core.settings import PlatformSettings
from frontdesk.core.web import HttpRequest, HttpResponse


class Bell(NamedTuple):
    """A queue message: it only says which row to look at."""

    shard: str
    tenant: str
    id: str


class Kv(Protocol):
    """Eventually consistent (up to a minute elsewhere) text by key; no compare-and-set.

    A key takes one write a second. `get`, `put` and `delete` raise Unavailable when it does not answer.
    """

    async def get(self, key: str) -> str | None:
        """The value, or None."""
        ...

    async def put(self, key: str, value: str, *, ttl_s: int | None = None) -> None:
        """Keep `value`; a time to live is at least 60 seconds. Waits its turn behind other writes to the key."""
        ...

    async def delete(self, key: str) -> None:
        """Forget `key`; no error if it is not there. Waits its turn behind other writes to the key."""
        ...

    async def recall(self, key: str) -> str | None:
        """What was remembered, for whoever can find it out elsewhere: None also when nobody answers."""
        ...

    async def remember(self, key: str, value: str, *, ttl_s: int) -> None:
        """Spare others the looking, if it can be written down right now: whoever was faster knows the same."""
        ...


class KeptFile(NamedTuple):
    """An object's key and when it was put there (real ms)."""

    key: str
    put_at: int


class Files(Protocol):
    """Objects by key."""

    async def put(self, key: str, data: bytes, *, content_type: str) -> None:
        """Keep `data`, replacing what was there."""
        ...

    async def get(self, key: str) -> bytes | None:
        """The bytes, or None."""
        ...

    async def delete(self, *keys: str) -> None:
        """Forget these."""
        ...

    async def listed(self, prefix: str, *, after: str = "", limit: int = 1_000) -> list[KeptFile]:
        """Those whose keys begin with `prefix`, in the order of their keys, from behind `after`; at most a thousand."""
        ...


class Assets(Protocol):
    """The files of `public/`, as they were deployed with this Worker."""

    async def get(self, path: str) -> HttpResponse | None:
        """The file at an absolute path (a directory: its index.html) with its type and tag, or None."""
        ...


class Bells(Protocol):
    """The two queues, `automation` and `messages`."""

    async def ring(self, name: str, bells: Sequence[Bell], *, delay_s: int = 0) -> None:
        """Send the bells. At most 100 a call; the caller splits."""
        ...


class Http(Protocol):
    """Outbound requests to the configured providers."""

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, whatever its status. Raises TransportError when there is none within the timeout."""
        ...


class KeyPair(NamedTuple):
    """A P-256 key pair: 32 bytes, and the uncompressed point (65 bytes)."""

    private: bytes
    public: bytes


class Crypto(Protocol):
    """What needs the platform's own cryptography."""

    async def verify_rs256(self, public_key_pem: str, data: bytes, signature: bytes) -> bool:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2)."""
        ...

    async def seal(self, key: bytes, plain: bytes, bound_to: bytes) -> bytes:
        """AES-256-GCM: a 12-byte nonce, then the ciphertext and tag; `bound_to` is authenticated with it."""
        ...

    async def unseal(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """The plain bytes. Raises ValueError when the key, the data or what it is bound to differ."""
        ...

    async def agree_p256(self, peer: bytes, own: KeyPair | None = None) -> tuple[bytes, bytes]:
        """ECDH with a peer's point: our point and the shared secret (32 bytes), by a fresh pair unless `own` is given.

        Raises ValueError when `peer` is no point of the curve.
        """
        ...

    async def sign_es256(self, keys: KeyPair, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256: r and s, 64 bytes. Raises ValueError when they are no pair."""
        ...

    async def encrypt_gcm(self, key: bytes, nonce: bytes, plain: bytes) -> bytes:
        """AES-GCM: ciphertext and tag. A nonce is used once under a key; that is the caller's to see to."""
        ...


class Limiter(Protocol):
    """Cloudflare's rate limiting binding: counted per location, good enough to stop floods."""

    async def allows(self, name: str, key: str) -> bool:
        """Whether one more request under `key` is within the limit `name` (ip, session, sign_in)."""
        ...


class Live(Protocol):
    """Whoever listens to a tenant right now."""

    async def publish(self, shard: str, tenant_id: str) -> None:
        """Something was committed that listeners may want to know; they read what it is themselves."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything outside the process, wrapped once a request."""

    driver_of: Callable[[str], Driver]
    kv: Kv
    files: Files
    assets: Assets
    bells: Bells
    http: Http
    crypto: Crypto
    limiter: Limiter
    live: Live
    clock: Clock
    settings: PlatformSettings
    log: Log
    reach: Reach
    background: Callable[[Awaitable[None]], None]
    """Runs what may happen but need not (its failure is logged); what must happen is a job."""
