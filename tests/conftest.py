"""Common to all tests: no network but loopback (pytest-socket, in pyproject.toml), and nothing goes by time."""

from hypothesis import HealthCheck, settings

# A machine that does other things beside is slow at times; what was found is what counts, not how fast.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
