"""THE MAP: which webhook, event, job and cadence leads where; routes are next door. Nothing is registered elsewhere."""

from collections.abc import Mapping
from typing import Any

from frontdesk.auth import jobs as auth_jobs
from frontdesk.auth.queries import actor_of, caller_of
from frontdesk.auth.rules import PERMISSIONS, may
from frontdesk.automation.jobs.act import act
from frontdesk.automation.jobs.act import give_up as act_given_up
from frontdesk.automation.jobs.call import call
from frontdesk.automation.jobs.call import forget as forget_calls
from frontdesk.automation.jobs.call import give_up as call_given_up
from frontdesk.automation.jobs.evaluate import evaluate
from frontdesk.automation.jobs.sweep import sweep, sweep_daily, sweep_rule
from frontdesk.automation.rules.vocabulary import EVENTS as TRIGGERS
from frontdesk.bookings import jobs as booking_jobs
from frontdesk.contacts import jobs as contact_jobs
from frontdesk.core.arrival import Arrival
from frontdesk.core.cadences import Cadence
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.door import Door
from frontdesk.core.routing import build
from frontdesk.core.schedule import Daily, Every
from frontdesk.core.upgrade import LiveDoor
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import JobKind, Wiring
from frontdesk.edge import asgi
from frontdesk.integrations import inbound, manychat, resend, wix
from frontdesk.integrations.clicksend import webhook as clicksend
from frontdesk.integrations.twilio import webhook as twilio
from frontdesk.messaging.jobs import inbound as heard
from frontdesk.messaging.jobs import joined
from frontdesk.messaging.jobs.given_up import give_up
from frontdesk.messaging.jobs.readdressed import readdress
from frontdesk.messaging.jobs.reconcile import reconcile
from frontdesk.messaging.jobs.send import send
from frontdesk.notices import jobs as notice_jobs
from frontdesk.reports import jobs as report_jobs
from frontdesk.routes import ROUTES
from frontdesk.spine import jobs as spine_jobs
from frontdesk.tasks import jobs as task_jobs
from frontdesk.tenants.queries import by_host


async def _wix(knock: inbound.Knock) -> inbound.Verdict:
    instance = knock.tenant.settings.wix_instance
    return await wix.verify(knock.crypto, knock.request, knock.secrets, instance=instance)


async def _clicksend(knock: inbound.Knock) -> inbound.Verdict:
    return clicksend.verify(knock.request, knock.secrets, presented=knock.path_secret)


async def _resend(knock: inbound.Knock) -> inbound.Verdict:
    return resend.verify(knock.request, knock.secrets)


async def _twilio(knock: inbound.Knock) -> inbound.Verdict:
    account_sid = knock.tenant.settings.twilio.account_sid
    return twilio.verify(knock.request, knock.secrets, account_sid=account_sid)


async def _manychat(knock: inbound.Knock) -> inbound.Verdict:
    return manychat.verify(knock.request, knock.secrets, page=knock.tenant.settings.manychat_page)


# POST /webhooks/<name>/<tenant>[/<secret>]
WEBHOOKS: Mapping[str, inbound.Door] = {
    "wix": _wix,
    "clicksend": _clicksend,
    "twilio": _twilio,
    "manychat": _manychat,
    "resend": _resend,
}

# event -> the jobs it makes, each of which retries alone
EVENTS: Mapping[str, tuple[str, ...]] = {
    "task.created": ("tasks.weigh",),
    "message.received": ("tasks.weigh_of_contact", "reports.tally"),
    "wix.booking": ("bookings.apply",),
    "clicksend.text": ("messaging.receive",),
    "clicksend.receipt": ("messaging.receipt",),
    "twilio.text": ("messaging.receive",),
    "twilio.receipt": ("messaging.receipt",),
    "manychat.lead": ("contacts.hear_lead",),
    "manychat.message": ("messaging.hear_chat",),
    "resend.receipt": ("messaging.receipt",),
    "booking.created": ("contacts.follow_booking", "reports.tally"),
    "booking.rescheduled": ("contacts.follow_booking", "tasks.settle_booking", "reports.tally"),
    "booking.updated": ("contacts.follow_booking", "tasks.settle_booking", "reports.tally"),
    "booking.confirmed": ("contacts.follow_booking", "reports.tally"),
    "booking.cancelled": ("contacts.follow_booking", "tasks.settle_booking", "reports.tally"),
    "booking.completed": ("contacts.follow_booking", "reports.tally"),
    "booking.no_show": ("contacts.follow_booking", "reports.tally"),
    "contact.merged": ("messaging.join_conversations", "reports.tally"),
    "contact.unmerged": ("contacts.follow_unmerged", "messaging.part_conversations", "reports.tally"),
    "contact.readdressed": ("bookings.readdress", "messaging.readdress"),
    "auth.code_requested": ("messaging.mail_code",),
    "auth.code_unclaimed": ("auth.leave_unclaimed",),
    "contact.created": ("reports.tally",),
    "message.sent": ("reports.tally",),
    "message.delivered": ("reports.tally",),
    "message.failed": ("reports.tally",),
    "message.skipped": ("reports.tally",),
    "message.unknown": ("reports.tally",),
    "task.done": ("reports.tally",),
}

JOBS: Mapping[str, JobKind] = {
    "bookings.apply": JobKind(booking_jobs.apply_wix),
    "bookings.readdress": JobKind(booking_jobs.readdress),
    "bookings.safety_net": JobKind(booking_jobs.safety_net),
    "automation.evaluate": JobKind(evaluate),
    "automation.act": JobKind(act, give_up=act_given_up),
    "automation.call": JobKind(call, bell="messages", attempts=12, give_up=call_given_up),
    "automation.forget": JobKind(forget_calls),
    "automation.sweep": JobKind(sweep),
    "automation.sweep_daily": JobKind(sweep_daily),
    "automation.sweep_rule": JobKind(sweep_rule),
    "contacts.hear_lead": JobKind(contact_jobs.hear_lead),
    "contacts.gather": JobKind(contact_jobs.gather),
    "contacts.follow_booking": JobKind(contact_jobs.follow_booking),
    "contacts.follow_unmerged": JobKind(contact_jobs.follow_unmerged),
    "messaging.join_conversations": JobKind(joined.join_conversations),
    "messaging.part_conversations": JobKind(joined.part_conversations),
    "messaging.readdress": JobKind(readdress),
    "messaging.receive": JobKind(heard.receive),
    "messaging.receipt": JobKind(heard.receipt),
    "messaging.hear_chat": JobKind(joined.hear_chat),
    "messaging.mail_code": JobKind(heard.mail_code),
    "messaging.send": JobKind(send, bell="messages", attempts=12, give_up=give_up),
    "messaging.reconcile": JobKind(reconcile, bell="messages", attempts=10, give_up=give_up),
    "auth.leave_unclaimed": JobKind(auth_jobs.leave_unclaimed),
    "auth.purge": JobKind(auth_jobs.purge),
    "reports.tally": JobKind(report_jobs.tally, gather_ms=5 * MINUTE),
    "reports.weekly": JobKind(report_jobs.weekly),
    "reports.monthly": JobKind(report_jobs.monthly),
    "reports.rebuild": JobKind(report_jobs.rebuild, give_up=report_jobs.give_up),
    "spine.forget": JobKind(spine_jobs.forget),
    "spine.forget_strays": JobKind(spine_jobs.forget_strays),
    "tasks.weigh": JobKind(task_jobs.weigh),
    "tasks.weigh_of_contact": JobKind(task_jobs.weigh_of_contact),
    "tasks.weigh_all": JobKind(task_jobs.weigh_all),
    "tasks.settle_booking": JobKind(task_jobs.settle_booking),
    "notices.alert": JobKind(notice_jobs.alert),
    "notices.push": JobKind(notice_jobs.push, bell="messages", attempts=5),
    "notices.forget": JobKind(notice_jobs.forget),
}

# every tenant's schedules, in the tenant's own time
CADENCES: Mapping[str, Cadence] = {
    "sweep": Cadence("automation.sweep", Every(ms=15 * MINUTE)),
    "sweep-daily": Cadence("automation.sweep_daily", Daily(at="09:00")),
    "safety-net": Cadence("bookings.safety_net", Every(ms=HOUR)),
    "weigh-tasks": Cadence("tasks.weigh_all", Daily(at="00:05")),
    "forget-calls": Cadence("automation.forget", Daily(at="03:50", within_minutes=45)),
    "forget": Cadence("spine.forget", Daily(at="03:10", within_minutes=45)),
    "forget-strays": Cadence("spine.forget_strays", Daily(at="03:30", within_minutes=45)),
    "tally": Cadence("reports.tally", Daily(at="00:20")),
    "report-weekly": Cadence("reports.weekly", Daily(at="09:00", weekday=0)),
    "report-monthly": Cadence("reports.monthly", Daily(at="09:00", day=1)),
    "purge-access": Cadence("auth.purge", Daily(at="03:20", within_minutes=45)),
    "forget-notices": Cadence("notices.forget", Daily(at="03:40", within_minutes=45)),
}

# first word of an event's type -> who hears of such facts live, by permission; facts of other words are told nobody
LIVE: Mapping[str, str] = {
    "booking": "bookings:read",
    "consent": "contacts:read",
    "contact": "contacts:read",
    "conversation": "messages:read",
    "message": "messages:read",
    "manychat": "messages:read",
    "notice": "me",
    "report": "reports:read",
    "rule": "automations:read",
    "settings": "settings:read",
    "staff": "me",
    "task": "tasks:read",
    "template": "templates:read",
}

WIRING = Wiring(JOBS, EVENTS, LIVE, TRIGGERS)
API = build(ROUTES, may)


async def _call(request: Arrival, beside: Mapping[str, Any]) -> HttpResponse:
    return await asgi.call(API, request, beside)


DOOR = Door(by_host, actor_of, _call)


def _topics_of(role: str) -> list[str]:
    return [topic for topic, permission in LIVE.items() if role in PERMISSIONS[permission]]


LIVE_DOOR = LiveDoor(by_host, caller_of, _topics_of)
