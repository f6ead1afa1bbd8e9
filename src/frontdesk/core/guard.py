"""What every request must pass and every answer must carry: limits, intent, origins, headers."""

import hashlib
from collections.abc import Collection, Mapping

from frontdesk.core.arrival import (
    SAFE_METHODS,
    Arrival,
    Credential,
    is_api,
    is_secure,
    network_of,
    origin_of,
)
from frontdesk.core.errors import Forbidden, RateLimited
from frontdesk.core.platform import Limiter
from frontdesk.core.web import HttpResponse

API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""No inline script or style: pages load their own files, so injected markup stays markup."""
HSTS = "max-age=31536000"
"""Without includeSubDomains: a custom domain's other hosts are not ours to decide about."""
METHODS = "GET, POST, PUT, PATCH, DELETE"
LIMIT_WINDOW_S = 60
"""The period of the rate limits in wrangler.toml."""


def to_https(request: Arrival) -> HttpResponse | None:
    """The way to https for a request that came in clear to a deployed domain, or None if it did not.

    Raises:
        Forbidden: it was not just a look; what it carried has been read by everybody on its way already.

    """
    if is_secure(request):
        return None
    if request.method not in ("GET", "HEAD"):
        raise Forbidden("This address is to be called over https.")
    return HttpResponse(308, {"location": f"https{request.url[4:]}"})


async def within_ip_limit(limiter: Limiter, request: Arrival) -> None:
    """Raises RateLimited when the caller's network asks too often."""
    if not await limiter.allows("ip", network_of(request)):
        raise RateLimited("Too many requests from this address.", retry_after=LIMIT_WINDOW_S)


async def within_session_limit(limiter: Limiter, tenant_id: str, credential: Credential) -> None:
    """Raises RateLimited when one session asks too often. The limiter sees a hash, never the token."""
    key = hashlib.sha256(f"{tenant_id}:{credential.token}".encode()).hexdigest()
    if not await limiter.allows("session", key):
        raise RateLimited("Too many requests in this session.", retry_after=LIMIT_WINDOW_S)


def is_ours(request: Arrival, origin: str, allowed: Collection[str]) -> bool:
    """Whether a page of `origin` may act here: the same origin, or one the tenant listed."""
    given = origin.strip().lower().rstrip("/")
    return given == origin_of(request) or given in {each.lower() for each in allowed}


def intended(request: Arrival, credential: Credential | None, allowed: Collection[str]) -> None:
    """Refuses what another site makes a signed-in browser send (cross-site request forgery).

    SameSite alone is not enough: tenants are sibling hosts of one platform domain, hence one site.

    Raises:
        Forbidden: an unsafe request with a session cookie that does not prove where it comes from,
            or an API call with a body a plain HTML form could send.

    """
    if request.method in SAFE_METHODS or credential is None or not credential.by_cookie:
        return
    origin = request.headers.get("origin")
    if origin is not None:
        if not is_ours(request, origin, allowed):
            raise Forbidden("This request comes from a page of another origin.")
    elif request.headers.get("sec-fetch-site") != "same-origin":
        raise Forbidden(
            "A change made with a session cookie must say its Origin; programs use a bearer token."
        )
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.body and is_api(request) and kind != "application/json":
        raise Forbidden("The API takes application/json.")


def preflight(request: Arrival, allowed: Collection[str]) -> HttpResponse | None:
    """The answer to a CORS preflight (Fetch standard section 4.8), or None if this is not one.

    Raises:
        Forbidden: the origin is not on the tenant's list.

    """
    origin = request.headers.get("origin")
    asks = "access-control-request-method" in request.headers
    if request.method != "OPTIONS" or origin is None or not asks:
        return None
    if not is_ours(request, origin, allowed):
        raise Forbidden("This origin is not on the list of allowed origins.")
    return HttpResponse(
        204,
        {
            "access-control-allow-methods": METHODS,
            "access-control-allow-headers": "authorization, content-type",
            "access-control-max-age": "600",
        },
    )


def cors_headers(request: Arrival, allowed: Collection[str]) -> Mapping[str, str]:
    """Lets a listed origin read the answer; caches are told that the answer depends on it either way."""
    origin = request.headers.get("origin")
    headers = {"vary": "Origin"}
    if origin is not None and origin.lower() in {each.lower() for each in allowed}:
        headers |= {
            "access-control-allow-origin": origin,
            "access-control-allow-credentials": "true",
            "access-control-expose-headers": "retry-after, x-request-id",
        }
    return headers


def security_headers(response: HttpResponse, *, secure: bool) -> Mapping[str, str]:
    """What every answer carries. `secure`: it goes over https on a deployed domain.

    What does not say itself how long it may be kept is kept nowhere.
    """
    page = response.headers.get("content-type", "").startswith("text/html")
    headers = {
        "content-security-policy": PAGE_CSP if page else API_CSP,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
    if secure:
        headers["strict-transport-security"] = HSTS
    return headers


def dressed(
    request: Arrival, response: HttpResponse, allowed: Collection[str], request_id: str, *, deployed: bool
) -> HttpResponse:
    """The answer with all it must carry. What a route set itself wins, except `vary`, which adds up."""
    api = is_api(request)
    headers = {
        **security_headers(response, secure=deployed and is_secure(request)),
        **(cors_headers(request, allowed) if api else {}),
        "x-request-id": request_id,
        **response.headers,
    }
    if api and "vary" in response.headers:
        headers["vary"] = f"{response.headers['vary']}, Origin"
    body = b"" if request.method == "HEAD" else response.body
    return HttpResponse(response.status, headers, body, response.cookies)
