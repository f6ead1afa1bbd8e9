// What the keyboard can do, and the choice of theme.

import { html, useState } from "../core/html.js";
import { keysHere } from "../core/keys.js";
import { Dialog } from "./dialog.js";

const KEYS = [
  [["J"], ["K"], "Next and previous row"],
  [["Enter"], "Open"],
  [["Esc"], "Close what is open"],
  [["/"], "Search"],
  [["Z"], "Undo the latest change"],
  [["?"], "This list"],
];

export function Help({ views, onClose }) {
  const here = keysHere().map(({ keys, what }) => [...keys.map((key) => key.toUpperCase()), what]);
  return html`<${Dialog} title="Keyboard" onClose=${onClose}>
    <div class="help">
      <section><h3>Go to</h3><dl class="keys">${views.map(({ key, title }) => html`<${Line} key=${key} keys=${["G", key.toUpperCase()]} what=${title} />`)}</dl></section>
      <section><h3>Here</h3><dl class="keys">${[...KEYS, ...here].map((line) => html`<${Line} key=${line.at(-1)} keys=${line.slice(0, -1).flat()} what=${line.at(-1)} />`)}</dl></section>
    </div>
    <${Theme} />
  <//>`;
}

const Line = ({ keys, what }) => html`<div><dt>${keys.map((key) => html`<kbd key=${key}>${key}</kbd>`)}</dt><dd>${what}</dd></div>`;

/** Light, dark or the system's; kept in this browser. */
export function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? "");
  function choose(event) {
    const chosen = event.target.value;
    setTheme(chosen);
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
    try {
      localStorage.setItem("fd.theme", chosen);
    } catch {
      // It lasts until the page is closed then.
    }
  }
  const options = [["", "As the system"], ["light", "Light"], ["dark", "Dark"]];
  return html`<fieldset class="choice"><legend>Theme</legend>
    ${options.map(([value, label]) => html`<label key=${value}><input type="radio" name="theme" value=${value} checked=${theme === value} onChange=${choose} />${label}</label>`)}
  </fieldset>`;
}
