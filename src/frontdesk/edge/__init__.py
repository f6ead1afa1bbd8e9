"""The only rooms that know Cloudflare: each implements one protocol that `core` declares."""
