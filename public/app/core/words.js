// What the machine's words mean to people: states with their tone, templates, reasons, names.

/** Tones: good, busy, quiet, warn, bad. */
const MESSAGE = {
  scheduled: ["Planned", "quiet", "clock"],
  queued: ["Queued", "busy", "clock"],
  sending: ["Sending", "busy", "clock"],
  sent: ["Sent", "busy", "check"],
  delivered: ["Delivered", "good", "check"],
  failed: ["Failed", "bad", "warn"],
  skipped: ["Skipped", "quiet", "skip"],
  unknown: ["Unknown", "warn", "warn"],
  received: ["Received", "good", "arrow_in"],
};
const BOOKING = {
  scheduled: ["Scheduled", "quiet", "clock"],
  confirmed: ["Confirmed", "good", "check"],
  completed: ["Completed", "good", "check"],
  cancelled: ["Cancelled", "quiet", "close"],
  no_show: ["No-show", "warn", "warn"],
};
const JOB = {
  pending: ["Pending", "quiet", "clock"],
  running: ["Running", "busy", "clock"],
  done: ["Done", "good", "check"],
  dead: ["Dead", "bad", "warn"],
  void: ["Not needed", "quiet", "close"],
};
const VERDICT = {
  accepted: ["Accepted", "good", "check"],
  duplicate: ["Duplicate", "quiet", "skip"],
  ignored: ["Ignored", "quiet", "skip"],
  refused: ["Refused", "bad", "warn"],
};
const CONSENT = {
  stopped: ["Stopped", "bad", "skip"],
  service: ["Service only", "good", "check"],
  marketing: ["Everything", "good", "check"],
};
const STATES = { message: MESSAGE, booking: BOOKING, job: JOB, consent: CONSENT, verdict: VERDICT };

/** @returns {[string, string, string]} word, tone, icon */
export const state = (kind, name) => STATES[kind]?.[name] ?? [sentence(name), "quiet", "clock"];
export const statesOf = (kind) => Object.entries(STATES[kind]).map(([value, [label]]) => ({ value, label }));

const NAMES = { wix: "Wix", clicksend: "ClickSend", resend: "Resend", twilio: "Twilio", manychat: "ManyChat" };

/** A provider as it writes itself. */
export const provider = (name) => NAMES[name] ?? sentence(name);

/** A text in which providers are written as they write themselves. */
export const named = (text) => String(text ?? "").replace(/\b(?:wix|clicksend|resend|twilio|manychat)\b/gi, (name) => NAMES[name.toLowerCase()]);

/** `booking.reminder` -> `Booking reminder`. */
export function sentence(name) {
  const text = named(String(name ?? "").replace(/[._-]+/g, " ").trim());
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const TEMPLATES = {
  "booking.confirmation": "Confirmation",
  "booking.reminder": "Reminder",
  "followup.no_response": "Follow-up without an answer",
  "recall.invite": "Invitation to a recall",
  "review.request": "Request for a review",
};

// What a kind of business calls its people, and whether it calls them back when a visit is due again.
const TERMS = {
  clinic: { known: "Existing patient", who: "Practitioner", nobody: "No practitioner", recalls: true },
  diner: { known: "Been here before", who: "With", nobody: "With nobody named", recalls: false },
  store: { known: "Existing customer", who: "With", nobody: "With nobody named", recalls: false },
  trades: { known: "Existing customer", who: "Tradesperson", nobody: "Nobody assigned", recalls: true },
  saas: { known: "Existing customer", who: "Host", nobody: "No host", recalls: false },
};
/** {known, who, nobody, recalls} of a tenant's kind. */
export const termsOf = (kind) => TERMS[kind] ?? TERMS.clinic;

const CAUSES = { request: "A colleague", run: "A rule", event: "What happened", job: "Work behind it", cadence: "The clock", delivery: "A webhook" };
/** What brought something about, by its kind. */
export const causeName = (kind) => CAUSES[kind] ?? sentence(kind);

// Kinds of work for staff, with their icons.
const TASKS = {
  welcome_call: ["Welcome call", "phone"],
  follow_up: ["Follow-up", "arrow_out"],
  recall: ["Recall", "replay"],
  review: ["Review", "star"],
  confirm: ["Confirm", "calendar"],
  other: ["Other", "dot"],
};
/** Those that a kind of tenant has. */
export const taskTypesOf = (kind) => Object.entries(TASKS).filter(([value]) => value !== "recall" || termsOf(kind).recalls).map(([value, [label]]) => ({ value, label }));
/** @returns {[string, string]} word, icon */
export const taskType = (name) => TASKS[name] ?? [sentence(name), "dot"];

/** "Reminder, 24 h before", "Confirmation", "Reply to HELP". */
export function templateName(template, hours) {
  const keyword = /^keyword\.(\w+)$/.exec(template);
  if (keyword) return `Reply to ${keyword[1].toUpperCase()}`;
  const name = TEMPLATES[template] ?? sentence(template);
  return hours ? `${name}, ${hours} h before` : name;
}

// By our own codes of what went wrong; a carrier's are in capitals.
const WRONG = {
  provider: "the carrier could not deliver it",
  not_taken: "the carrier never took it",
  no_answer: "the carrier did not say what became of it",
  template: "its template has a mistake",
  gave_up: "it was tried too often",
};

/** Why it is in its state, to read behind the state's word: "because its time had passed", "number not reachable". */
export function why({ state: name, reason, detail }) {
  if (!reason) return "";
  if (name === "skipped") return `because ${because(reason)}`;
  return detail || WRONG[reason] || (/^[A-Z_]+$/.test(reason) ? sentence(reason.toLowerCase()) : reason.replaceAll("_", " "));
}

// By the codes of the gate, as the ledger keeps them.
const BECAUSE = {
  too_late: "its time had passed",
  cancelled: "the booking was cancelled",
  rescheduled: "the booking was moved",
  sent_already: "it had gone out for this time already",
  no_address: "there is nowhere to send it",
  no_channel: "sending is not set up",
  empty: "it would say nothing",
  too_long: "it would be too long",
  opted_out: "this person opted out",
  no_consent: "there is no consent to marketing",
  superseded: "a later reminder takes its place",
  duplicate: "the same words had just been sent",
  frequency_cap: "this person had enough messages in 24 hours",
};
export const because = (reason) => BECAUSE[reason.replaceAll(" ", "_")] ?? reason.replaceAll("_", " ");

export const roles = ["owner", "admin", "staff", "technician", "viewer"];
export const stages = ["lead", "pre_appointment", "appointment", "post", "recall"];

/** A name to show, whatever there is. */
export const nameOf = (contact) =>
  `${contact.first_name ?? ""} ${contact.last_name ?? ""}`.trim() || phone(contact.phone) || contact.email || "No name";

/** `+61412345678` in groups, for reading only. */
export function phone(number) {
  const found = /^(\+\d{2})(\d{3})(\d{3})(\d{3})$/.exec(number ?? "") ?? /^(\+1)(\d{3})(\d{3})(\d{4})$/.exec(number ?? "");
  return found ? found.slice(1).join(" ") : (number ?? "");
}

/** Millionths of a currency unit as money; a text costs fractions of a cent, many of them do not. */
export function money(micros, currency, locale) {
  if (micros === null || micros === undefined) return "";
  return new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: Math.abs(micros) < 1e6 ? 3 : 2 }).format(micros / 1e6);
}

export const bytes = (count) => (count < 1024 ? `${count} B` : `${(count / 1024).toFixed(1)} KB`);
export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
