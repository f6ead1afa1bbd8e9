// Around every view: the menu, the keyboard, toasts, and who is signed in.

import { forget } from "./core/data.js";
import { html, useEffect, useErrorBoundary, useLayoutEffect, useMemo, useRef, useState } from "./core/html.js";
import { listen } from "./core/keys.js";
import { go, link, usePlace } from "./core/router.js";
import { useSession } from "./core/session.js";
import { undo } from "./core/toasts.js";
import { Empty, Failure, Loading } from "./parts/answer.js";
import { Bell } from "./parts/bell.js";
import { Dialog } from "./parts/dialog.js";
import { Help } from "./parts/help.js";
import { Icon } from "./parts/icon.js";
import { LineState } from "./parts/line.js";
import { Menus } from "./parts/menu.js";
import { NavCount, useNavCounts } from "./parts/nav_count.js";
import { Toasts } from "./parts/toasts.js";
import { View, closeOpen } from "./parts/view.js";
import { VIEWS, viewAt } from "./routes.js";

const ON_PHONE = 4;

export function Shell() {
  const { me, can } = useSession();
  const here = usePlace();
  const [dialog, setDialog] = useState(null);
  const counts = useNavCounts();
  const views = useMemo(() => VIEWS.filter(({ may }) => can(may)), [me]);

  useEffect(() => {
    if (!here.view) go(link(views[0]?.name ?? "settings"), { replace: true });
  }, [here.view]);
  useEffect(() => setDialog(null), [here.view, here.id]);
  useLayoutEffect(
    () =>
      listen({
        chords: { ...Object.fromEntries(views.map(({ key, name }) => [key, () => go(link(name))])), b: () => document.querySelector(".bell")?.click() },
        help: () => setDialog("help"),
        escape: closeOpen,
        undo: () => undo(),
      }),
    [views],
  );

  return html`
    <a class="skip" href="#main">Skip to content</a>
    <div class="shell">
      <${Side} views=${views} here=${here} counts=${counts} onHelp=${() => setDialog("help")} />
      <main id="main" tabindex="-1"><${Current} here=${here} /></main>
      <${Bar} views=${views} here=${here} counts=${counts} onMore=${() => setDialog("more")} />
    </div>
    <${LineState} />
    <${Toasts} />
    <${Menus} />
    ${dialog === "help" && html`<${Help} views=${views} onClose=${() => setDialog(null)} />`}
    ${dialog === "more" && html`<${Everything} views=${views.slice(ON_PHONE)} onClose=${() => setDialog(null)} />`}`;
}

const pages = new Map(); // what was fetched once is there at once: no blink, and no key pressed into nothing

/** The view of this address, fetched when first needed. */
function Current({ here }) {
  const { can } = useSession();
  const view = viewAt(here);
  const [loaded, setLoaded] = useState({});
  const [tries, setTries] = useState(0);
  const [broken, reset] = useErrorBoundary((error) => reportError(error));
  const mend = () => (forget(), reset()); // an answer that cannot be shown is not shown again from memory
  const address = location.pathname + location.search;
  useEffect(() => broken && mend(), [address]);
  const begun = useRef(false);
  useEffect(() => {
    // The link that led here may be gone: the next Tab is of this page, not of the menu.
    if (begun.current && document.activeElement === document.body) document.getElementById("main").focus({ preventScroll: true });
    begun.current = true;
  }, [view, here.id]);
  useEffect(() => {
    document.title = view ? `${view.title} · Frontdesk` : "Frontdesk";
    if (!view || pages.has(view) || !can(view.may)) return undefined;
    let wanted = true;
    view.load().then(
      (module) => {
        pages.set(view, module.Page);
        if (wanted) setLoaded({ view });
      },
      (error) => wanted && setLoaded({ view, error }),
    );
    return () => (wanted = false);
  }, [view, tries]);
  if (!view) return here.view ? html`<${View} title="Not found"><${Empty} icon="search" title="There is no such page">The menu shows what there is.<//><//>` : null;
  if (!can(view.may)) return html`<${View} title=${view.title}><${Empty} icon="warn" title="Your role does not include this page">An owner or administrator can change roles under Settings.<//><//>`;
  if (broken) return html`<${View} title=${view.title}><${Failure} error=${new Error("This page could not be shown.")} retry=${mend} /><//>`;
  const Page = pages.get(view);
  if (Page) return html`<${Page} id=${here.id} query=${here.query} />`;
  if (loaded.view !== view) return html`<${View} title=${view.title}><${Loading} /><//>`;
  return html`<${View} title=${view.title}><${Failure} error=${new Error("This page could not be loaded.")} retry=${() => setTries(tries + 1)} /><//>`;
}

function Side({ views, here, counts, onHelp }) {
  const { me, signOut } = useSession();
  const groups = [...new Set(views.map(({ group }) => group))];
  return html`
    <nav class="side" aria-label="Main">
      <div class="brand"><span class="brand-mark" aria-hidden="true">${me.tenant.name.charAt(0)}</span><span class="brand-name" title=${me.tenant.name}>${me.tenant.name}</span><${Bell} /></div>
      ${groups.map((group) => html`
        <ul key=${group} aria-label=${group}>
          ${views.filter((view) => view.group === group).map((view) => html`<li key=${view.name}><${Item} view=${view} here=${here} count=${counts[view.name]} /></li>`)}
        </ul>`)}
      <div class="side-end">
        <button type="button" class="nav-item" onClick=${onHelp}><span class="key" aria-hidden="true">?</span>Keyboard</button>
        <${Person} me=${me} signOut=${signOut} />
      </div>
    </nav>`;
}

const Item = ({ view, here, count }) => html`
  <a class="nav-item" href=${link(view.name)} aria-current=${here.view === view.name ? "page" : undefined}>
    <${Icon} name=${view.icon} />${view.title}<${NavCount} of=${count} /><kbd aria-hidden="true">G ${view.key.toUpperCase()}</kbd>
  </a>`;

function Person({ me, signOut }) {
  return html`<div class="person">
    <div class="person-text"><span class="person-name">${me.staff.name}</span><span class="quiet">${me.staff.role}</span></div>
    <button type="button" class="button ghost icon-only" aria-label="Sign out" title="Sign out" onClick=${signOut}><${Icon} name="out" /></button>
  </div>`;
}

/** On a phone: the first views and a way to the others. */
function Bar({ views, here, counts, onMore }) {
  const first = views.slice(0, ON_PHONE);
  const elsewhere = views.slice(ON_PHONE).some(({ name }) => name === here.view);
  return html`
    <nav class="bar" aria-label="Main, on a phone">
      ${first.map((view) => html`
        <a key=${view.name} href=${link(view.name)} aria-current=${here.view === view.name ? "page" : undefined}><${Icon} name=${view.icon} size=${20} /><${NavCount} of=${counts[view.name]} />${view.title}</a>`)}
      <button type="button" onClick=${onMore} data-current=${elsewhere || undefined}><${Icon} name="more" size=${20} />More</button>
    </nav>`;
}

function Everything({ views, onClose }) {
  const { me, signOut } = useSession();
  return html`<${Dialog} title=${me.tenant.name} onClose=${onClose}>
    <ul class="plain menu">${views.map((view) => html`<li key=${view.name}><a class="nav-item" href=${link(view.name)}><${Icon} name=${view.icon} />${view.title}</a></li>`)}</ul>
    <${Person} me=${me} signOut=${signOut} />
  <//>`;
}
