// What a rule's form knows about rules: blanks, what is missing, where an error belongs. Nothing of the vocabulary.

import { templateName } from "../core/words.js";

const GROUPS = ["all", "any", "none"];

/** The name of a group and its parts; null for a comparison. */
export const groupOf = (clause) => {
  const name = GROUPS.find((each) => each in (clause ?? {}));
  return name ? { name, parts: clause[name] } : null;
};

/** A blank action of a kind of the catalogue. */
export function blankAction({ do: kind, params }) {
  const blank = { do: kind };
  for (const param of params) {
    if (param.optional) continue;
    blank[param.name] = param.type === "boolean" ? false : param.type === "number" ? 50 : param.type === "tags" ? [] : (param.options?.[0] ?? "");
  }
  return blank;
}

/** Fields of the trigger as the catalogue groups them. */
export function fieldsFor(trigger, catalogue) {
  const source = trigger.on === "event" ? catalogue.events.find(({ type }) => type === trigger.type) : catalogue.anchors.find(({ key }) => key === trigger.anchor);
  return source?.fields ?? catalogue.events[0]?.fields ?? [];
}

/** A comparison of a field with its first operator and a value that fits it. */
export function blankTest(field, catalogue) {
  const operator = catalogue.operators[field.type]?.[0];
  return { field: field.path, op: operator?.op ?? "is", ...valueFor(operator?.takes, field) };
}

/** `{value}` to begin with, or nothing where the operator takes none. */
export function valueFor(takes, field) {
  switch (takes) {
    case "nothing": case undefined: return {};
    case "boolean": return { value: true };
    case "choice": return { value: field.options?.[0] ?? "" };
    case "choices": return { value: field.options?.slice(0, 1) ?? [] };
    case "texts": return { value: [] };
    case "number": return { value: 1 };
    case "minutes": return { value: 1440 };
    default: return { value: "" };
  }
}

/** A definition without what was left blank. */
export function tidy({ trigger, conditions, delay, still, debounce_minutes, actions }) {
  const clean = (action) => Object.fromEntries(Object.entries(action).filter(([, value]) => value !== "" && value !== null && value !== undefined && !(Array.isArray(value) && !value.length)));
  return {
    trigger,
    conditions: conditions ?? { all: [] },
    ...(delay && (delay.minutes || delay.within_hours) ? { delay } : {}),
    ...(still && groupOf(still)?.parts.length && delay ? { still } : {}),
    ...(debounce_minutes !== null && debounce_minutes !== undefined ? { debounce_minutes } : {}),
    actions: actions.map(clean),
  };
}

/** What has to be filled in before anybody else is asked: message by path. */
export function missingIn({ name, definition }, catalogue) {
  const found = {};
  if (!name?.trim()) found.name = "A name, so that others know what it is for";
  if (!definition.actions.length) found.actions = "At least one thing to do";
  definition.actions.forEach((action, n) => {
    const kind = catalogue?.actions.find((each) => each.do === action.do);
    for (const param of kind?.params ?? []) {
      const value = action[param.name];
      if (!param.optional && (value === "" || value === undefined || value === null || Number.isNaN(value))) found[`actions.${n}.${param.name}`] = "Needed";
    }
  });
  const walk = (clause, path) => {
    const group = groupOf(clause);
    if (group) return group.parts.forEach((each, n) => walk(each, `${path}.${group.name}.${n}`));
    if (clause.value === "" || Number.isNaN(clause.value) || (Array.isArray(clause.value) && !clause.value.length)) found[`${path}.value`] = "Needed";
  };
  walk(definition.conditions ?? { all: [] }, "conditions");
  if (definition.still && definition.delay) walk(definition.still, "still");
  return found;
}

/** The server's errors by the paths of the form: it names the kinds of things on the way, the form does not. */
export function errorsOf(problem) {
  return Object.fromEntries(Object.entries(problem.fields ?? {}).map(([path, message]) => [plainPath(path), message]));
}

function plainPath(path) {
  const steps = path.split(".").filter((step) => step !== "body" && step !== "definition");
  return steps
    .filter((step, n) => {
      if (step === "test") return false;
      if (steps[n - 1] === "trigger" && (step === "event" || step === "time")) return false;
      if (steps[n - 2] === "actions" && n > 1 && /^\d+$/.test(steps[n - 1])) return n === steps.length - 1;
      return !(GROUPS.includes(step) && steps[n + 1] === step);
    })
    .join(".");
}

const UNITS = [["days", 1440], ["hours", 60], ["minutes", 1]];
/** Minutes as a count of the largest unit that fits: [2, "days"]. */
export function inUnits(minutes) {
  const [unit, size] = UNITS.find(([, each]) => minutes && minutes % each === 0) ?? UNITS[1];
  return [minutes / size, unit];
}
export const fromUnits = (count, unit) => Math.round(count * UNITS.find(([name]) => name === unit)[1]);
export const unitNames = UNITS.map(([name]) => name).reverse();

/** "2 days", "1 hour". */
export function lengthText(minutes) {
  const [count, unit] = inUnits(Math.abs(minutes));
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

const TEMPLATE = /\b(mail|text) ([a-z0-9_-]+\.[a-z0-9_.-]*[a-z0-9])/g;
const FIELD = /\{\{\s*([\w.]+)[^}]*\}\}/g;

/** A rule's sentence for people: templates by name, and what one fills in is named, not shown as code. */
export const readable = (text) =>
  String(text ?? "")
    .replace(TEMPLATE, (_, how, key) => `${how} “${templateName(key)}”`)
    .replace(/“[a-z]+(?:_[a-z]+)+”/g, (key) => key.replaceAll("_", " "))
    .replace(FIELD, (_, path) => `[${path.split(".").join("\u2019s ").replaceAll("_", " ")}]`)
    .replace(/the contact's next booking is (not )?known/g, (_, not) => `the contact has ${not ? "no" : "a"} next booking`)
    .replace(/the contact's first day with us is known/g, "we know who it is");
