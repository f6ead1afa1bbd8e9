// The dashboard's map: which view an address opens, the permission it needs, the key that goes there.

import { styled } from "./core/style.js";

export const VIEWS = [
  { name: "today", title: "Today", icon: "today", key: "t", may: "bookings:read", group: "Desk", load: () => import("./views/today.js") },
  { name: "inbox", title: "Inbox", icon: "inbox", key: "i", may: "messages:read", group: "Desk", load: styled(() => import("./views/inbox.js"), "/app/talk.css") },
  { name: "pipeline", title: "Pipeline", icon: "pipeline", key: "p", may: "contacts:read", group: "Desk", load: styled(() => import("./views/pipeline.js"), "/app/board.css") },
  { name: "contacts", title: "Contacts", icon: "contacts", key: "c", may: "contacts:read", group: "Desk", load: () => import("./views/contacts.js") },
  { name: "calendar", title: "Calendar", icon: "calendar", key: "k", may: "bookings:read", group: "Desk", load: styled(() => import("./views/calendar.js"), "/app/calendar.css") },
  { name: "messages", title: "Messages", icon: "messages", key: "m", may: "messages:read", group: "Records", load: () => import("./views/messages.js") },
  { name: "webhooks", title: "Webhooks", icon: "webhooks", key: "w", may: "log:read", group: "Records", load: () => import("./views/webhooks.js") },
  { name: "jobs", title: "Jobs", icon: "jobs", key: "j", may: "jobs:read", group: "Records", load: () => import("./views/jobs.js") },
  { name: "automations", title: "Automations", icon: "automations", key: "a", may: "automations:read", group: "Business", load: styled(() => import("./views/automations.js"), "/app/automations.css") },
  { name: "reports", title: "Reports", icon: "reports", key: "r", may: "reports:read", group: "Business", load: styled(() => import("./views/reports.js"), "/app/reports.css", "/vendor/uplot.css") },
  { name: "settings", title: "Settings", icon: "settings", key: "s", may: "settings:read", group: "Business", load: styled(() => import("./views/settings.js"), "/app/settings.css") },
];

/** A contact's own page, which has no place in the menu. */
const CONTACT = { name: "contacts", title: "Contact", may: "contacts:read", load: styled(() => import("./views/contact.js"), "/app/talk.css", "/app/people.css") };

/** The story of one effect, reached from wherever one is shown. */
const TRACE = { name: "trace", title: "Why did this happen?", may: "automations:read", load: styled(() => import("./views/trace.js"), "/app/trace.css") };

/** The view of a place, or null. */
export const viewAt = ({ view, id }) =>
  view === "contacts" && id ? CONTACT : view === "trace" ? TRACE : (VIEWS.find(({ name }) => name === view) ?? null);
