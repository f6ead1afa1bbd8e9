// Colleagues: their initials, and a menu to give work to one of them.

import { useData } from "../core/data.js";
import { html } from "../core/html.js";
import { useSession } from "../core/session.js";
import { choose } from "./menu.js";

const cut = new Intl.Segmenter();
/** As people count them: a face of several parts is one. */
const letters = (word) => Array.from(cut.segment(word), ({ segment }) => segment);

export const initials = (name) => {
  if (/^\+\d/.test(name ?? "")) return "#"; // a number is all we know
  const words = String(name ?? "").trim().split(/\s+/).filter(Boolean);
  return (words.length > 1 ? [words[0], words.at(-1)].map((word) => letters(word)[0]).join("") : letters(words[0] ?? "?").slice(0, 2).join("")).toUpperCase();
};

/** A round mark with initials; `name` is for those who do not see it and for a pointer that rests. */
export const Face = ({ name, small, none = "Nobody" }) =>
  html`<span class=${small ? "avatar small" : "avatar"} data-nobody=${!name || undefined} data-initials=${name ? initials(name) : ""} title=${name || none}><span class="unseen">${name || none}</span></span>`;

/** Everybody who works here: {id, name, role}, oneself first. */
export function useColleagues(wanted = true) {
  const { me } = useSession();
  const answer = useData(wanted ? "/colleagues" : null);
  const all = answer.data?.items ?? [me.staff];
  return [...all.filter(({ id }) => id === me.staff.id), ...all.filter(({ id, role }) => id !== me.staff.id && role !== "viewer")]; // who only looks does no tasks
}

/** Asks whom it goes to; `run` gets {id, name} or nulls. */
export function assignMenu({ anchor, title = "Assign to", colleagues, me, current, run }) {
  choose({
    anchor,
    title,
    items: [
      ...colleagues.map(({ id, name }) => ({ label: id === me ? `${name} (me)` : name, on: id === current, run: () => run({ id, name }) })),
      { label: "Nobody", on: !current, run: () => run({ id: null, name: null }) },
    ],
  });
}
