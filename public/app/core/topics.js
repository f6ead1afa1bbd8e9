// Which facts make which answers stale: by the first word of a path, the first words of events' types ("*": any).

const ANY = ["*"];
const TOPICS = {
  audit: ANY,
  automations: ["rule", "automation"],
  bookings: ["booking", "message", "contact"],
  colleagues: ["staff"],
  contacts: ["contact", "consent", "booking", "message", "conversation", "task"],
  conversations: ["conversation", "message", "contact"],
  deliveries: ANY,
  events: ANY,
  jobs: ANY,
  messages: ["message"],
  needs: ["message", "booking", "conversation"],
  notices: ["notice"],
  pipeline: ["contact", "booking", "task", "message"],
  practitioners: ["booking", "settings"],
  reports: ["report"],
  settings: ["settings"],
  staff: ["staff"],
  tags: ["contact"],
  tasks: ["task", "contact.merged"],
  templates: ["template", "settings"],
  trace: ANY,
};

/** The topics of a path when its view names none. */
export const topicsOf = (path) => TOPICS[path.split("/").find(Boolean)] ?? [];

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;
const NAMED_BY = { contacts: "contact_id", conversations: "contact_id", bookings: "booking_id" };

/** Whether a hint may have changed the answer of `path` and `query`: of its topics, and not about somebody else. */
export function concerns(hint, path, query, topics) {
  const { type } = hint;
  if (!topics.some((topic) => topic === "*" || type === topic || type.startsWith(`${topic}.`))) return false;
  if (type === "contact.merged") return true; // two people at once, and a hint names one
  const [base, id] = path.split("/").filter(Boolean);
  const asked = { contact_id: query?.contact_id, booking_id: query?.booking_id };
  if (NAMED_BY[base] && ID.test(id)) asked[NAMED_BY[base]] = id;
  if (base === "tasks" && ID.test(id) && hint.subject_kind === "task") return hint.subject_id === id;
  if (base === "messages" && ID.test(id) && hint.subject_kind === "message") return hint.subject_id === id;
  return Object.entries(asked).every(([name, wanted]) => !wanted || !hint[name] || hint[name] === wanted);
}
