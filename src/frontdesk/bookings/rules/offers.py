"""What a tenant's own list of services says about a booking: how long it takes, and what it is worth."""

from frontdesk.core.clock import MINUTE
from frontdesk.core.settings import TenantSettings

MINUTES = 30
"""How long an appointment takes when nobody says."""


def minutes_of(settings: TenantSettings, service: str) -> int:
    """The length of a service in ms: as the tenant lists it, else half an hour."""
    offer = settings.service(service)
    return (offer.minutes if offer else MINUTES) * MINUTE


def value_of(settings: TenantSettings, service: str) -> int | None:
    """What a service costs, in minor units; None for one that is not listed."""
    offer = settings.service(service)
    return offer.price_minor if offer else None
