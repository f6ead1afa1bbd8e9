// JSON Schema as people read it: a word for the type, its limits, an example, a table of fields.
import { h, prose } from "./dom.js";

let document_ = {};

/** Which document references lead into. */
export function use(document) {
  document_ = document;
}

/** The schema itself, behind its references. */
export function resolved(schema) {
  let found = schema ?? {};
  for (let step = 0; found.$ref && step < 20; step += 1) {
    const { $ref, ...beside } = found;
    const target = $ref.slice(2).split("/").reduce((at, name) => at?.[name], document_) ?? {};
    found = { ...target, ...beside, title_: $ref.split("/").at(-1) };
  }
  return found;
}

/** The schema without "or null", and whether it had that. */
function choice(schema) {
  const whole = resolved(schema);
  const options = whole.anyOf ?? whole.oneOf;
  if (!options) return { schema: whole, options: null, nullable: whole.type === "null" };
  const rest = options.filter((option) => resolved(option).type !== "null");
  const nullable = rest.length < options.length;
  if (rest.length === 1) return { schema: { ...whole, ...resolved(rest[0]), anyOf: undefined, oneOf: undefined }, options: null, nullable };
  return { schema: whole, options: rest, nullable };
}

/** A word or two for what goes there. */
export function typeOf(schema) {
  const { schema: one, options, nullable } = choice(schema);
  const or = nullable ? " or null" : "";
  if (options) return options.map(typeOf).join(" or ") + or;
  if (one.const !== undefined) return JSON.stringify(one.const) + or;
  if (one.enum) return `one of${or}`;
  if (one.type === "array") return `list of ${one.items ? typeOf(one.items) : "anything"}${or}`;
  if (one.type === "object" && one.properties) return (one.title_ ?? one.title ?? "object") + or;
  if (one.type === "object") return `object${or}`;
  if (one.type === "string" && one.format) return `${one.format}${or}`;
  return (one.type ?? "anything") + or;
}

/** "1 to 5", "at least 1", "at most 5", or nothing. */
function between(least, most) {
  if (least !== undefined && most !== undefined) return `${least} to ${most}`;
  if (least !== undefined) return `at least ${least}`;
  return most === undefined ? "" : `at most ${most}`;
}

/** Limits, in the order one asks for them. */
function limits(schema) {
  const { schema: one } = choice(schema);
  const told = [];
  if (one.enum) told.push(one.enum.map((value) => h("code", {}, String(value))));
  if (one.default !== undefined && one.default !== null) told.push(["default ", h("code", {}, JSON.stringify(one.default))]);
  const range = between(one.minimum, one.maximum), length = between(one.minLength || undefined, one.maxLength);
  if (range) told.push(range);
  if (length) told.push(`${length} characters`);
  if (one.maxItems) told.push(`at most ${one.maxItems}`);
  if (one.pattern) told.push(h("code", {}, one.pattern));
  return told.map((each) => h("span", { class: "limit" }, each));
}

/** Something that would be accepted. */
export function example(schema, depth = 0) {
  const { schema: one, options } = choice(schema);
  if (one.examples?.length) return one.examples[0];
  if (one.const !== undefined) return one.const;
  if (one.default !== undefined && one.default !== null) return one.default;
  if (one.enum) return one.enum[0];
  if (options) return example(options[0], depth);
  if (one.type === "array") return depth > 4 || !one.items ? [] : [example(one.items, depth + 1)];
  if (one.type === "object" || one.properties) {
    if (depth > 4) return {};
    return Object.fromEntries(Object.entries(one.properties ?? {}).map(([name, each]) => [name, named(name) ?? example(each, depth + 1)]));
  }
  if (one.type === "integer" || one.type === "number") return one.minimum ?? 0;
  if (one.type === "boolean") return false;
  return one.type === "null" ? null : "text";
}

/** What fields of these names look like all over the API. */
function named(name) {
  if (name === "id" || name.endsWith("_id")) return "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
  if (name === "phone" || name === "address") return "+61491570006";
  if (name === "email") return "ana@example.com";
  return name.endsWith("_at") || name === "at" ? 1790000000000 : undefined;
}

/** A table of an object's fields; what is nested unfolds. */
export function fields(schema, depth = 0) {
  const { schema: whole, options } = choice(schema);
  if (options) return h("div", {}, options.map((option) => fields(option, depth)));
  const one = whole.type === "array" ? choice(whole.items ?? {}).schema : whole;
  const names = Object.entries(one.properties ?? {});
  if (!names.length) return h("p", { class: "type" }, typeOf(schema), limits(schema));
  const required = new Set(one.required ?? []);
  return h("ul", { class: "fields" }, names.map(([name, each]) => field(name, each, required.has(name), depth)));
}

/** One field: its name, type, limits and sentence. */
export function field(name, schema, isRequired, depth = 0) {
  const { schema: one } = choice(schema);
  const inner = one.type === "array" ? choice(one.items ?? {}).schema : one;
  const nested = depth < 4 && inner.properties;
  return h("li", {}, h("div", { class: "field" }, h("code", { class: "name" }, name), h("span", { class: "type" }, typeOf(schema)),
    isRequired && h("span", { class: "required" }, "required"), limits(schema)),
  prose(schema.description ?? one.description), nested && h("details", {}, h("summary", {}, `Fields of ${name}`), fields(inner, depth + 1)));
}
