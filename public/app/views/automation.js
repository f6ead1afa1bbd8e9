// One rule: what it says, what it would have done, what it did, and what it said before.

import { post, put, remove } from "../core/api.js";
import { useData, useSettled } from "../core/data.js";
import { useDraft } from "../core/draft.js";
import { html, useEffect, useMemo, useState } from "../core/html.js";
import { go, link } from "../core/router.js";
import { useSession } from "../core/session.js";
import { done, failed } from "../core/toasts.js";
import { Answer } from "../parts/answer.js";
import { Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { Switch } from "../parts/switch.js";
import { View } from "../parts/view.js";
import { RuleEditor } from "./automation_edit.js";
import { errorsOf, missingIn, tidy } from "./automation_form.js";
import { History } from "./automation_history.js";
import { Runs } from "./automation_runs.js";
import { switchRule } from "./automation_switch.js";
import { DryRun } from "./automation_try.js";

const TYPED_MS = 250;
const TABS = [{ value: "", label: "Rule" }, { value: "try", label: "Dry run" }, { value: "runs", label: "Runs" }, { value: "history", label: "History" }];
const BLANK = { name: "", definition: { trigger: { on: "event", type: "booking.created" }, conditions: { all: [] }, actions: [] } };
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const partOf = ({ name, definition }) => ({ name, definition: tidy(definition) });

export function RulePage({ id, query }) {
  const { can } = useSession();
  const isNew = id === "new";
  const answer = useData(isNew ? null : `/automations/${id}`);
  const catalogue = useData("/automations/catalogue");
  const rule = isNew ? BLANK : answer.data;
  const draft = useDraft(rule, `rule/${id}`);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const current = rule && draft.all;
  const changed = !!rule && !same(partOf(current), partOf(rule));
  const may = can("automations:write") && !rule?.archived;
  const missing = useMemo(() => (current ? missingIn(current, catalogue.data) : {}), [current, catalogue.data]);
  const reading = useReading(current && catalogue.data && !Object.keys(missing).length ? current.definition : null);
  const errors = { ...(error ? { ...missing, ...errorsOf(error) } : {}), ...reading.problems };

  useEffect(() => {
    if (!changed) return undefined;
    const warn = (event) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [changed]);

  const write = async (version, part) => {
    const after = await put(`/automations/${id}`, { version, ...part });
    answer.set(after);
    return after;
  };
  async function save(event) {
    event?.preventDefault();
    if (Object.keys(missing).length) return setError({ fields: missing, message: "Something is still to be filled in" });
    setBusy(true);
    setError(null);
    try {
      if (isNew) {
        const made = await post("/automations", { ...partOf(current), enabled: false });
        draft.clear();
        done(`${made.name} is made, and off until you switch it on`, () => remove(`/automations/${made.id}`).then(() => go(link("automations"))));
        go(link("automations", made.id), { replace: true });
        return;
      }
      const before = partOf(rule);
      draft.take();
      const after = await write(rule.version, partOf(current));
      draft.clear();
      done("Rule changed", async () => (await write(after.version, before), draft.clear()));
    } catch (problem) {
      setError(problem);
      if (problem.code === "stale") answer.reload();
    }
    setBusy(false);
  }
  const flip = (enabled) => switchRule(rule, enabled, answer.set).catch((problem) => (failed(problem), answer.reload()));
  async function putAway() {
    try {
      await remove(`/automations/${id}`);
      done(`${rule.name} is put away`, () => post(`/automations/${id}/restore`).then(answer.set));
      go(link("automations"));
    } catch (problem) {
      failed(problem);
    }
  }
  async function bringBack() {
    try {
      answer.set(await post(`/automations/${id}/restore`));
      done("Back among the rules, switched off", () => remove(`/automations/${id}`).then(answer.reload));
    } catch (problem) {
      failed(problem);
    }
  }
  const actions = html`
    ${!isNew && rule && !rule.archived && html`<label class="switch-label">${rule.enabled ? "On" : "Off"}<${Switch} label="The rule is on" on=${rule.enabled} disabled=${!may} onChange=${flip} /></label>`}
    ${!isNew && rule && may && html`<button type="button" class="button ghost icon-only" aria-label="Put the rule away" title="Put the rule away" onClick=${putAway}><${Icon} name="trash" /></button>`}
    ${rule?.archived && can("automations:write") && html`<button type="button" class="button" onClick=${bringBack}>Bring back</button>`}`;
  const filters = html`<a class="back quiet" href=${link("automations")} data-close="page"><${Icon} name="left" size=${14} />Automations</a>
    <${Tabs} name="tab" label="Of this rule" options=${isNew ? TABS.slice(0, 2) : TABS} />`;
  const tab = isNew ? (query.tab === "try" ? "try" : "") : (query.tab ?? "");
  const waiting = isNew || answer.data ? catalogue : answer;
  const there = catalogue.data && current;
  return html`<${View} title=${isNew ? "New rule" : (rule?.name ?? "Rule")} actions=${actions} filters=${filters}>
    <${Answer} of=${waiting} rows=${8}>
      ${there && tab === "runs" && html`<${Runs} ruleId=${id} query=${query} />`}
      ${there && tab === "history" && html`<${History} rule=${rule} catalogue=${catalogue.data} may=${may} restore=${write} />`}
      ${there && tab === "try" && html`<${DryRun} definition=${tidy(current.definition)} changed=${changed || isNew} ready=${!Object.keys(missing).length} />`}
      ${there && tab === "" && html`<${RuleEditor} rule=${current} set=${(changes) => Object.entries(changes).forEach(([name, value]) => draft.set(name)(value))} catalogue=${catalogue.data} errors=${errors} reading=${reading} error=${error}
        may=${may} save=${save} busy=${busy} changed=${isNew || changed} discard=${changed ? () => (draft.clear(), setError(null)) : null} />`}
    <//>
  <//>`;
}

/** How a definition reads, and what is wrong with it: {sentence, problems: {path: message}}. */
function useReading(definition) {
  const key = definition ? JSON.stringify(tidy(definition)) : "";
  const settled = useSettled(key, TYPED_MS);
  const [read, setRead] = useState({ sentence: "", problems: {} });
  useEffect(() => {
    if (!settled) return undefined;
    let wanted = true;
    post("/automations/sentence", { definition: JSON.parse(settled) }).then(
      (answer) => wanted && setRead({ sentence: answer.sentence, problems: Object.fromEntries((answer.problems ?? []).map(({ field, message }) => [field, message])) }),
      (problem) => wanted && setRead((was) => ({ ...was, problems: errorsOf(problem) })),
    );
    return () => (wanted = false);
  }, [settled]);
  return read;
}
