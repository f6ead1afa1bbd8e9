"""What messages say: the tenant's words and the default ones, and how they look filled in."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontdesk.core.clock import DAY
from frontdesk.core.ctx import Ctx
from frontdesk.core.errors import Invalid, NotFound
from frontdesk.core.pages import Page
from frontdesk.core.routing import CtxDep
from frontdesk.messaging import actions, queries
from frontdesk.messaging.jobs.words import values_for
from frontdesk.messaging.queries import Scene
from frontdesk.messaging.rules.catalogue import Template, templates_of
from frontdesk.messaging.rules.gate import Channel
from frontdesk.messaging.rules.layout import html_of
from frontdesk.messaging.rules.segments import cost_micros, segmented
from frontdesk.messaging.rules.templates import MAX_SOURCE, TemplateInvalid, render
from frontdesk.messaging.rules.wording import Wording

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$", examples=["booking.reminder"])]
Body = Annotated[str, Field(min_length=1, max_length=MAX_SOURCE)]
Subject = Annotated[str, Field(max_length=500)]


class TemplateChange(BaseModel):
    """The whole wording. `version` is the one that was read; 0 while the default counts and never did otherwise."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=0)
    subject: Subject = ""
    body: Body


class PreviewRequest(BaseModel):
    """A template by its key, or words that are not saved yet; tried on a contact, a booking, both, or an example."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    key: Key | None = None
    subject: Subject = ""
    body: Body | None = None
    contact_id: Annotated[str, Field(max_length=100)] | None = None
    booking_id: Annotated[str, Field(max_length=100)] | None = None


class TemplateProblem(BaseModel):
    """What is wrong, and in which line of which field where that is known."""

    field: Literal["subject", "body", "recipient"]
    line: int | None = None
    message: str


class Preview(BaseModel):
    """How it would look. Of what cannot be filled in there is no text, but a problem.

    `segments`, `encoding` and `units` (septets, or UTF-16 units) are of a text; `cost_micros` in `currency`.
    """

    subject: str
    body: str
    html: str = ""
    address: str | None
    example: bool
    encoding: Literal["gsm7", "ucs2"] | None = None
    units: int = 0
    segments: int = 0
    cost_micros: int = 0
    currency: str
    problems: list[TemplateProblem]


async def list_templates(ctx: CtxDep) -> Page[Template]:
    """Every template with its words now and its default ones."""
    return Page(items=templates_of(await queries.own_words(ctx)), next=None)


async def put_template(ctx: CtxDep, key: Key, channel: Channel, change: TemplateChange) -> Template:
    """Word a template, or make one of your own. 409 `stale` when somebody else did since `version`."""
    return await actions.word(ctx, key, channel, change.version, Wording(change.subject, change.body))


async def reset_template(ctx: CtxDep, key: Key, channel: Channel) -> Template | None:
    """Back to the default words; null when the template was the tenant's alone, and is gone."""
    return await actions.reset(ctx, key, channel)


async def preview_template(ctx: CtxDep, wanted: PreviewRequest) -> Preview:
    """How a template looks for a contact and a booking: the words, segments, the cost, and what is wrong."""
    words = await _words(ctx, wanted)
    scene = await _scene(ctx, wanted)
    values = values_for(ctx, scene)
    problems: list[TemplateProblem] = []
    subject = " ".join(_filled("subject", words.subject, values, problems).split())
    body = _filled("body", words.body, values, problems).strip()
    address = scene.phone if wanted.channel == "sms" else scene.email
    example = scene.contact_id is None
    if not example and not address:
        what = "phone number" if wanted.channel == "sms" else "e-mail address"
        problems.append(TemplateProblem(field="recipient", message=f"This contact has no {what}."))
    seen = Preview(
        subject=subject,
        body=body,
        address=address,
        example=example,
        currency=ctx.tenant.currency,
        problems=problems,
    )
    return _as_text(ctx, seen) if wanted.channel == "sms" else _as_mail(ctx, seen)


async def _words(ctx: Ctx, wanted: PreviewRequest) -> Wording:
    if wanted.body is not None:
        return Wording(wanted.subject, wanted.body)
    if wanted.key is None:
        raise Invalid("Name a template or send its words.", errors=[{"field": "key", "message": "required"}])
    found = await actions.template_of(ctx, wanted.key, wanted.channel)
    if found is None:
        raise NotFound("There is no such template.")
    return Wording(found.subject, found.body)


async def _scene(ctx: Ctx, wanted: PreviewRequest) -> Scene:
    """The contact and booking asked for; an example of both when none is."""
    scene = await queries.scene(ctx, wanted.contact_id, wanted.booking_id)
    if wanted.contact_id and scene.contact_id is None:
        raise NotFound("There is no such contact.")
    if wanted.booking_id and scene.booking_id is None:
        raise NotFound("There is no such booking.")
    if scene.booking_id and scene.booked_by != scene.contact_id:
        raise Invalid("This booking is another contact's.")
    if scene.contact_id:
        return scene
    return scene.model_copy(
        update={
            "first_name": "Alex",
            "last_name": "Example",
            "service": "Consultation",
            "practitioner": "Dr Example",
            "location": ctx.tenant.name,
            "starts_at": ctx.now + 2 * DAY,
        }
    )


def _filled(
    field: Literal["subject", "body"],
    source: str,
    values: dict[str, object],
    problems: list[TemplateProblem],
) -> str:
    try:
        return render(source, values)
    except TemplateInvalid as error:
        line = error.extra.get("line")
        problems.append(TemplateProblem(field=field, line=line, message=error.detail))
        return ""


def _as_text(ctx: Ctx, seen: Preview) -> Preview:
    if not seen.body:
        return _blank(seen)
    cut = segmented(seen.body)
    most = ctx.settings.sms.max_segments
    problems = seen.problems
    if cut.count > most:
        message = f"It takes {cut.count} segments; at most {most} are sent."
        problems = [*problems, TemplateProblem(field="body", message=message)]
    return seen.model_copy(
        update={
            "encoding": cut.encoding,
            "units": cut.units,
            "segments": cut.count,
            "cost_micros": cost_micros(cut.count, ctx.settings.segment_micros(ctx.settings.sms.provider)),
            "problems": problems,
        }
    )


def _as_mail(ctx: Ctx, seen: Preview) -> Preview:
    if not seen.body:
        return _blank(seen)
    return seen.model_copy(
        update={"html": html_of(seen.body, ctx.tenant.name, ctx.settings.email.postal_address)}
    )


def _blank(seen: Preview) -> Preview:
    """Nothing to say; unless that is because it could not be filled in, say so."""
    if any(problem.field == "body" for problem in seen.problems):
        return seen
    message = "Filled in for this contact it says nothing."
    return seen.model_copy(
        update={"problems": [*seen.problems, TemplateProblem(field="body", message=message)]}
    )
