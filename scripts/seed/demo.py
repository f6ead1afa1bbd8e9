"""The demo tenants: who they are, the secrets they share with the simulated providers, and making them once."""

from collections.abc import Mapping
from typing import NamedTuple

from frontdesk.app import CADENCES
from local.client import Runtime
from sandbox.client import Sandbox
from seed.history import BOOKINGS, History
from seed.month import SERVICES
from seed.office import Credentials, Office, Profile, find, install, reconnect
from seed.transfer import transfer

SEED = 20_260_301
CLINIC = "harbour-imaging"
ADDRESS = "Harbour Imaging, 12 Example Street, Sydney NSW 2000"

LONG, MORNING = [{"opens": "08:00", "closes": "18:00"}], [{"opens": "09:00", "closes": "13:00"}]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
PRICES = {
    "MRI Knee": 42_000,
    "MRI Lumbar Spine": 46_000,
    "CT Chest": 35_000,
    "CT Head": 33_000,
    "Ultrasound Abdomen": 21_000,
    "Ultrasound Shoulder": 19_500,
    "X-Ray Ankle": 9_500,
    "X-Ray Chest": 9_500,
    "Bone Density Scan": 14_500,
}
"""In cents."""
RECALLS = {"Bone Density Scan": 12, "Ultrasound Abdomen": 6}
"""Months until they should come again."""

PROFILES = (
    Profile(
        slug=CLINIC,
        name="Harbour Imaging",
        number="+61491570110",
        settings={
            "email": {"postal_address": ADDRESS},
            "hours": {**dict.fromkeys(WEEKDAYS, LONG), "saturday": MORNING},
            "services": [
                {
                    "name": name,
                    "minutes": minutes,
                    "price_minor": PRICES[name],
                    "recall_months": RECALLS.get(name),
                }
                for name, minutes, _ in SERVICES
            ],
        },
        staff=(
            ("owner", "Clinic Owner", "owner"),
            ("manager", "Practice Manager", "admin"),
            ("frontdesk", "Front Desk", "staff"),
            ("bookings", "Bookings Team", "staff"),
            ("auditor", "External Auditor", "viewer"),
        ),
    ),
    Profile(
        slug="blue-plate",
        name="Blue Plate Diner",
        kind="diner",
        time_zone="America/Chicago",
        country="US",
        currency="USD",
        locale="en-US",
        number="+13125550142",
    ),
    Profile(
        slug="glyph",
        name="Glyph",
        kind="saas",
        time_zone="UTC",
        country="US",
        currency="USD",
        locale="en-US",
        number="+12025550117",
    ),
)


class Planted(NamedTuple):
    """A demo tenant that is there, whether it was made just now, and the rows of its history if so."""

    office: Office
    made: bool
    rows: Mapping[str, int]


def credentials(variables: Mapping[str, str], slug: str) -> Credentials:
    """A tenant's demo secrets, by the names in .dev.vars.example; an API key belongs to one tenant only."""
    return Credentials(
        clicksend_key=f"{variables['DEMO_CLICKSEND_API_KEY']}-{slug}",
        clicksend_path=variables["DEMO_CLICKSEND_PATH_SECRET"],
        resend_key=f"{variables['DEMO_RESEND_API_KEY']}-{slug}",
        resend_signing=variables["DEMO_RESEND_SIGNING_SECRET"],
        wix_hmac=variables["DEMO_WIX_HMAC_SECRET"],
        manychat=variables["DEMO_MANYCHAT_SECRET"],
    )


def plant(
    runtime: Runtime,
    sandbox: Sandbox,
    profile: Profile,
    variables: Mapping[str, str],
    *,
    bookings: int = BOOKINGS,
) -> Planted:
    """Makes a demo tenant; the clinic with a month behind it.

    One that is there is only reconnected: its accounts learn the Worker's address, which changes between runs.
    """
    key, given = variables["MASTER_KEY_CURRENT"], credentials(variables, profile.slug)
    office, made = find(runtime, profile), False
    if office is None:
        made = True
        office = install(runtime, sandbox, profile, master_key=key, cadences=CADENCES, credentials=given)
    else:
        reconnect(runtime, sandbox, office, master_key=key, credentials=given)
    rows: Mapping[str, int] = {}
    if profile.slug == CLINIC and not _has_history(runtime, office):
        rows = _live(runtime, office, bookings)
    return Planted(office, made, rows)


def _has_history(runtime: Runtime, office: Office) -> bool:
    """It is written in one batch, so one row tells."""
    return bool(runtime.d1("SELECT 1 AS x FROM events WHERE tenant_id = ?1 LIMIT 1", office.tenant.id))


def _live(runtime: Runtime, office: Office, bookings: int) -> Mapping[str, int]:
    history = History(office.tenant, office.staff, runtime.now_ms(), seed=SEED, count=bookings)
    history.play()
    return transfer(history.database, runtime)
