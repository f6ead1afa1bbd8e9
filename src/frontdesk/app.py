"""THE MAP: which route, webhook, event, job and cadence leads where. Nothing is registered anywhere else."""

from collections.abc import Mapping
from typing import Any

from frontdesk.auth import api as auth
from frontdesk.auth import jobs as auth_jobs
from frontdesk.auth.queries import actor_of, caller_of
from frontdesk.auth.rules import PERMISSIONS, may
from frontdesk.automation.api import history as rule_history
from frontdesk.automation.api import shelf as automations
from frontdesk.automation.jobs.act import act
from frontdesk.automation.jobs.act import give_up as act_given_up
from frontdesk.automation.jobs.call import call
from frontdesk.automation.jobs.call import give_up as call_given_up
from frontdesk.automation.jobs.evaluate import evaluate
from frontdesk.automation.jobs.sweep import sweep, sweep_daily, sweep_rule
from frontdesk.automation.rules.vocabulary import EVENTS as TRIGGERS
from frontdesk.bookings import api as bookings
from frontdesk.bookings import jobs as booking_jobs
from frontdesk.contacts import api as contacts
from frontdesk.contacts import jobs as contact_jobs
from frontdesk.core import front
from frontdesk.core.arrival import Arrival
from frontdesk.core.cadences import Cadence
from frontdesk.core.clock import HOUR, MINUTE
from frontdesk.core.door import Door
from frontdesk.core.routing import Route, build
from frontdesk.core.schedule import Daily, Every
from frontdesk.core.upgrade import LiveDoor
from frontdesk.core.web import HttpResponse
from frontdesk.core.wiring import JobKind, Wiring
from frontdesk.edge import asgi
from frontdesk.integrations import inbound, manychat, resend, wix
from frontdesk.integrations.clicksend import webhook as clicksend
from frontdesk.integrations.twilio import webhook as twilio
from frontdesk.messaging import pages as mail_pages
from frontdesk.messaging.api import composer, consents, inbox, templates
from frontdesk.messaging.api import messages as messaging
from frontdesk.messaging.jobs import inbound as heard
from frontdesk.messaging.jobs import joined
from frontdesk.messaging.jobs.given_up import give_up
from frontdesk.messaging.jobs.reconcile import reconcile
from frontdesk.messaging.jobs.send import send
from frontdesk.notices import api as notices
from frontdesk.notices import jobs as notice_jobs
from frontdesk.reports import api as reports
from frontdesk.reports import jobs as report_jobs
from frontdesk.spine import api as spine
from frontdesk.spine import jobs as spine_jobs
from frontdesk.spine import pages as spine_pages
from frontdesk.tasks import api as tasks
from frontdesk.tasks import jobs as task_jobs
from frontdesk.tenants import api as tenants
from frontdesk.tenants.queries import by_host

# method, path, endpoint, the permission it needs (None: anybody)
# fmt: off
ROUTES = (
    Route("POST", "/api/v1/auth/codes", auth.request_code, None, "Ask for a sign-in code", status=202),
    Route("POST", "/api/v1/auth/sessions", auth.sign_in, None, "Sign in", status=201),
    Route("DELETE", "/api/v1/auth/sessions/current", auth.sign_out, "me", "Sign out", status=204),
    Route("GET", "/api/v1/me", auth.get_me, "me", "Who is signed in"),
    Route("GET", "/api/v1/staff", auth.list_staff, "staff:read", "List staff"),
    Route("POST", "/api/v1/staff", auth.add_staff, "staff:write", "Add staff", status=201),
    Route("PATCH", "/api/v1/staff/{staff_id}", auth.change_staff, "staff:write", "Change staff"),
    Route("GET", "/api/v1/colleagues", auth.list_colleagues, "me", "Who works here"),
    Route("GET", "/api/v1/audit", auth.list_audit, "audit:read", "The audit log"),
    Route("GET", "/api/v1/settings", tenants.get_settings, "settings:read", "Settings"),
    Route("PATCH", "/api/v1/settings", tenants.change_settings, "settings:write", "Change settings"),
    Route("POST", "/api/v1/settings/secrets/{name}", tenants.rotate_secret, "secrets:write", "Rotate a secret"),
    Route("GET", "/api/v1/contacts", contacts.list_contacts, "contacts:read", "List contacts"),
    Route("POST", "/api/v1/contacts", contacts.create_contact, "contacts:write", "Add a contact", status=201),
    Route("GET", "/api/v1/contacts/{contact_id}", contacts.get_contact, "contacts:read", "A contact"),
    Route("PATCH", "/api/v1/contacts/{contact_id}", contacts.edit_contact, "contacts:write", "Edit a contact"),
    Route(
        "GET",
        "/api/v1/contacts/{contact_id}/timeline",
        contacts.get_timeline,
        "contacts:read",
        "A contact's timeline",
    ),
    Route("GET", "/api/v1/contacts/{contact_id}/warmness", contacts.get_warmness, "contacts:read", "How warm"),
    Route("POST", "/api/v1/contacts/{contact_id}/move", contacts.move_contact, "contacts:write", "Move a contact"),
    Route("GET", "/api/v1/contacts/{contact_id}/moves", contacts.list_moves, "contacts:read", "A contact's moves"),
    Route(
        "GET",
        "/api/v1/contacts/{contact_id}/duplicates",
        contacts.list_duplicates,
        "contacts:read",
        "Who may be the same person",
    ),
    Route("POST", "/api/v1/contacts/{contact_id}/merge", contacts.merge_contact, "contacts:write", "Merge two"),
    Route("POST", "/api/v1/merges/{merge_id}/undo", contacts.undo_merge, "contacts:write", "Undo a merge"),
    Route("GET", "/api/v1/pipeline", contacts.get_board, "contacts:read", "The pipeline"),
    Route("GET", "/api/v1/pipeline/{stage}", contacts.get_column, "contacts:read", "A stage's contacts"),
    Route("GET", "/api/v1/tags", contacts.list_tags, "contacts:read", "Tags in use"),
    Route("GET", "/api/v1/tasks", tasks.list_tasks, "tasks:read", "List tasks"),
    Route("POST", "/api/v1/tasks", tasks.add_task, "tasks:write", "Add a task", status=201),
    Route("GET", "/api/v1/tasks/counts", tasks.count_tasks, "tasks:read", "Count tasks"),
    Route("GET", "/api/v1/tasks/{task_id}", tasks.get_task, "tasks:read", "A task"),
    Route("PATCH", "/api/v1/tasks/{task_id}", tasks.edit_task, "tasks:write", "Change a task"),
    Route("GET", "/api/v1/bookings", bookings.list_bookings, "bookings:read", "List bookings"),
    Route("POST", "/api/v1/bookings", bookings.book, "bookings:write", "Make a booking", status=201),
    Route("GET", "/api/v1/bookings/{booking_id}", bookings.get_booking, "bookings:read", "A booking"),
    Route(
        "POST",
        "/api/v1/bookings/{booking_id}/status",
        bookings.set_status,
        "bookings:write",
        "Say how a booking stands",
    ),
    Route(
        "POST",
        "/api/v1/bookings/{booking_id}/reschedule/preview",
        bookings.preview_reschedule,
        "bookings:read",
        "What moving a booking would do",
    ),
    Route("POST", "/api/v1/bookings/{booking_id}/reschedule", bookings.reschedule, "bookings:write", "Move a booking"),
    Route("GET", "/api/v1/practitioners", bookings.list_practitioners, "bookings:read", "Whom bookings are with"),
    Route("GET", "/api/v1/messages", messaging.list_messages, "messages:read", "The ledger of messages"),
    Route("GET", "/api/v1/messages/{message_id}", messaging.get_message, "messages:read", "A message"),
    Route(
        "POST",
        "/api/v1/contacts/{contact_id}/messages/preview",
        composer.preview_message,
        "messages:write",
        "Try a message",
    ),
    Route(
        "POST",
        "/api/v1/contacts/{contact_id}/messages",
        composer.send_message,
        "messages:write",
        "Write to a contact",
        status=201,
    ),
    Route(
        "POST",
        "/api/v1/messages/{message_id}/cancel",
        composer.cancel_message,
        "messages:write",
        "Take back a message",
    ),
    Route("GET", "/api/v1/conversations", inbox.list_conversations, "messages:read", "The inbox"),
    Route("GET", "/api/v1/conversations/counts", inbox.count_conversations, "messages:read", "Count the inbox"),
    Route("GET", "/api/v1/conversations/{contact_id}", inbox.get_conversation, "messages:read", "A conversation"),
    Route(
        "PATCH",
        "/api/v1/conversations/{contact_id}",
        inbox.change_conversation,
        "messages:write",
        "Read, assign or finish a conversation",
    ),
    Route(
        "GET",
        "/api/v1/contacts/{contact_id}/consent",
        consents.get_consent,
        "contacts:read",
        "What a contact allows",
    ),
    Route(
        "PUT",
        "/api/v1/contacts/{contact_id}/consent",
        consents.put_consent,
        "messages:write",
        "Record what a contact allows",
    ),
    Route("GET", "/api/v1/templates", templates.list_templates, "templates:read", "What messages say"),
    Route("PUT", "/api/v1/templates/{key}/{channel}", templates.put_template, "templates:write", "Word a template"),
    Route(
        "DELETE",
        "/api/v1/templates/{key}/{channel}",
        templates.reset_template,
        "templates:write",
        "Back to the default words",
    ),
    Route("POST", "/api/v1/templates/preview", templates.preview_template, "templates:read", "Try a template"),
    Route("GET", "/api/v1/automations", automations.list_rules, "automations:read", "List rules"),
    Route("POST", "/api/v1/automations", automations.create_rule, "automations:write", "Make a rule", status=201),
    Route(
        "GET",
        "/api/v1/automations/catalogue",
        automations.get_catalogue,
        "automations:read",
        "What rules are made of",
    ),
    Route("POST", "/api/v1/automations/sentence", automations.read_out, "automations:read", "How a rule reads"),
    Route(
        "POST",
        "/api/v1/automations/standard",
        automations.put_back_standard,
        "automations:write",
        "Put back the standard rules",
    ),
    Route("GET", "/api/v1/automations/runs", rule_history.list_runs, "automations:read", "What rules did"),
    Route("GET", "/api/v1/automations/runs/{run_id}", rule_history.get_run, "automations:read", "One run"),
    Route("GET", "/api/v1/automations/{rule_id}", automations.get_rule, "automations:read", "A rule"),
    Route("PUT", "/api/v1/automations/{rule_id}", automations.put_rule, "automations:write", "Change a rule"),
    Route("DELETE", "/api/v1/automations/{rule_id}", automations.archive_rule, "automations:write", "Put a rule away"),
    Route(
        "POST",
        "/api/v1/automations/{rule_id}/enabled",
        automations.switch_rule,
        "automations:write",
        "Switch a rule on or off",
    ),
    Route(
        "POST",
        "/api/v1/automations/{rule_id}/restore",
        automations.restore_rule,
        "automations:write",
        "Bring a rule back",
    ),
    Route(
        "GET",
        "/api/v1/automations/{rule_id}/versions",
        automations.list_versions,
        "automations:read",
        "What a rule said before",
    ),
    Route("GET", "/api/v1/deliveries", spine.list_deliveries, "log:read", "The webhook log"),
    Route("GET", "/api/v1/deliveries/{delivery_id}", spine.get_delivery, "log:read", "A delivery"),
    Route(
        "POST",
        "/api/v1/deliveries/{delivery_id}/replay",
        spine.replay_delivery,
        "log:replay",
        "Replay a delivery",
        status=202,
    ),
    Route("GET", "/api/v1/events", spine.list_events, "log:read", "The event log"),
    Route("GET", "/api/v1/events/{event_id}", spine.get_event, "log:read", "An event"),
    Route("GET", "/api/v1/jobs", spine.list_jobs, "jobs:read", "Deferred work"),
    Route("GET", "/api/v1/jobs/{job_id}", spine.get_job, "jobs:read", "A job"),
    Route("POST", "/api/v1/jobs/{job_id}/retry", spine.retry_job, "jobs:retry", "Retry a dead job", status=202),
    Route("GET", "/api/v1/notices", notices.list_notices, "me", "Notices"),
    Route("POST", "/api/v1/notices/read", notices.mark_read, "me", "Mark notices read"),
    Route("GET", "/api/v1/push/key", notices.get_push_key, "me", "The key browsers subscribe with"),
    Route(
        "POST",
        "/api/v1/push/subscriptions",
        notices.subscribe,
        "me",
        "Push to this browser",
        status=201,
    ),
    Route(
        "DELETE",
        "/api/v1/push/subscriptions/{subscription_id}",
        notices.unsubscribe,
        "me",
        "Push to it no more",
        status=204,
    ),
    Route("GET", "/api/v1/reports", reports.list_reports, "reports:read", "The reports kept"),
    Route("GET", "/api/v1/reports/rebuild", reports.get_rebuild, "reports:read", "Whether rollups are the facts"),
    Route(
        "POST",
        "/api/v1/reports/rebuild",
        reports.begin_rebuild,
        "reports:write",
        "Reckon every day anew",
        status=202,
    ),
    Route("GET", "/api/v1/reports/{kind}.csv", reports.get_sheet, "reports:read", "A report for spreadsheets"),
    Route("GET", "/api/v1/reports/{kind}", reports.get_report, "reports:read", "The week or the month"),
    Route("POST", "/api/v1/reports/{kind}/email", reports.mail_report, "reports:write", "Mail a report", status=202),
    Route("GET", "/docs/api", spine_pages.api_reference, None, "The API, to read", in_document=False),
    Route("GET", "/app", front.to_dashboard, None, "To the dashboard", in_document=False),
    Route("GET", "/app/{path:path}", front.dashboard, None, "The dashboard", in_document=False),
    Route("GET", "/unsubscribe/{token}", mail_pages.ask_unsubscribe, None, "Ask to stop mails"),
    Route("POST", "/unsubscribe/{token}", mail_pages.unsubscribe, None, "Stop mails"),
)
# fmt: on


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
    "message.received": ("tasks.weigh_of_contact",),
    "wix.booking": ("bookings.apply",),
    "clicksend.text": ("messaging.receive",),
    "clicksend.receipt": ("messaging.receipt",),
    "twilio.text": ("messaging.receive",),
    "twilio.receipt": ("messaging.receipt",),
    "manychat.lead": ("contacts.hear_lead",),
    "resend.receipt": ("messaging.receipt",),
    "booking.created": ("contacts.follow_booking",),
    "booking.rescheduled": ("contacts.follow_booking",),
    "booking.updated": ("contacts.follow_booking",),
    "booking.confirmed": ("contacts.follow_booking",),
    "booking.cancelled": ("contacts.follow_booking", "tasks.settle_booking"),
    "booking.completed": ("contacts.follow_booking",),
    "booking.no_show": ("contacts.follow_booking",),
    "contact.merged": ("messaging.join_conversations",),
    "contact.unmerged": ("messaging.part_conversations",),
    "contact.readdressed": ("bookings.readdress",),
    "auth.code_requested": ("messaging.mail_code",),
    "auth.code_unclaimed": ("auth.leave_unclaimed",),
}

JOBS: Mapping[str, JobKind] = {
    "bookings.apply": JobKind(booking_jobs.apply_wix),
    "bookings.readdress": JobKind(booking_jobs.readdress),
    "bookings.safety_net": JobKind(booking_jobs.safety_net),
    "automation.evaluate": JobKind(evaluate),
    "automation.act": JobKind(act, give_up=act_given_up),
    "automation.call": JobKind(call, bell="messages", attempts=12, give_up=call_given_up),
    "automation.sweep": JobKind(sweep),
    "automation.sweep_daily": JobKind(sweep_daily),
    "automation.sweep_rule": JobKind(sweep_rule),
    "contacts.hear_lead": JobKind(contact_jobs.hear_lead),
    "contacts.gather": JobKind(contact_jobs.gather),
    "contacts.follow_booking": JobKind(contact_jobs.follow_booking),
    "messaging.join_conversations": JobKind(joined.join_conversations),
    "messaging.part_conversations": JobKind(joined.part_conversations),
    "messaging.receive": JobKind(heard.receive),
    "messaging.receipt": JobKind(heard.receipt),
    "messaging.mail_code": JobKind(heard.mail_code),
    "messaging.send": JobKind(send, bell="messages", attempts=10, give_up=give_up),
    "messaging.reconcile": JobKind(reconcile, bell="messages", attempts=10, give_up=give_up),
    "auth.leave_unclaimed": JobKind(auth_jobs.leave_unclaimed),
    "auth.purge": JobKind(auth_jobs.purge),
    "reports.tally": JobKind(report_jobs.tally),
    "reports.weekly": JobKind(report_jobs.weekly),
    "reports.monthly": JobKind(report_jobs.monthly),
    "reports.rebuild": JobKind(report_jobs.rebuild, give_up=report_jobs.give_up),
    "spine.forget": JobKind(spine_jobs.forget),
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
    "forget": Cadence("spine.forget", Daily(at="03:10")),
    "tally": Cadence("reports.tally", Daily(at="00:20")),
    "report-weekly": Cadence("reports.weekly", Daily(at="09:00", weekday=0)),
    "report-monthly": Cadence("reports.monthly", Daily(at="09:00", day=1)),
    "purge-access": Cadence("auth.purge", Daily(at="03:20")),
    "forget-notices": Cadence("notices.forget", Daily(at="03:40")),
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
    "task": "tasks:read",
}

WIRING = Wiring(JOBS, EVENTS, LIVE, TRIGGERS)
API = build(ROUTES, may)


async def _call(request: Arrival, beside: Mapping[str, Any]) -> HttpResponse:
    return await asgi.call(API, request, beside)


DOOR = Door(by_host, actor_of, _call)


def _topics_of(role: str) -> list[str]:
    return [topic for topic, permission in LIVE.items() if role in PERMISSIONS[permission]]


LIVE_DOOR = LiveDoor(by_host, caller_of, _topics_of)
