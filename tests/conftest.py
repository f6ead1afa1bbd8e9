"""Common to all tests: the network is closed but for loopback (pytest-socket, in pyproject.toml)."""
