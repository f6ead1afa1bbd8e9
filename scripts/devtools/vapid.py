"""Makes a key pair for Web Push (RFC 8292), as three lines for .dev.vars or `wrangler secret put`."""

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def made() -> tuple[str, str]:
    """The private key (32 bytes) and the public point (65 bytes), both base64url without padding."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_numbers().private_value.to_bytes(32, "big")
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(private), _text(public)


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


if __name__ == "__main__":
    private, public = made()
    print(
        f'VAPID_PUBLIC_KEY="{public}"\nVAPID_PRIVATE_KEY="{private}"\nVAPID_SUBJECT="mailto:you@example.com"'
    )
