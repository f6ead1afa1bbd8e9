"""A browser's end of Web Push, as tests hold it."""

import os

from cryptography.hazmat.primitives.asymmetric import ec

from frontdesk.integrations.webpush import Keys
from sandbox.push import POINT


def browser() -> tuple[ec.EllipticCurvePrivateKey, Keys]:
    """A fresh browser: what it keeps, and what it tells."""
    private = ec.generate_private_key(ec.SECP256R1())
    return private, Keys(private.public_key().public_bytes(*POINT), os.urandom(16))
