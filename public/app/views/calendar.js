// A week, or a day by practitioner: bookings to scale, moved by hand or by keys, made by a click on a free time.

import { get } from "../core/api.js";
import { useNow } from "../core/clock.js";
import { useData } from "../core/data.js";
import { html, useCallback, useMemo, useRef, useState } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { NARROW, useMedia } from "../core/media.js";
import { go, link, withQuery } from "../core/router.js";
import { useSession } from "../core/session.js";
import { clock, dayKey, dayName, dayOf, fields, monthName, shortDay, startOfDay, startOfWeek, weekday } from "../core/time.js";
import { failed } from "../core/toasts.js";
import { state, termsOf } from "../core/words.js";
import { Answer } from "../parts/answer.js";
import { BookingAside } from "../parts/booking.js";
import { Pick, Tabs } from "../parts/filters.js";
import { Icon } from "../parts/icon.js";
import { View } from "../parts/view.js";
import { useDrag } from "./calendar_drag.js";
import { CalendarGrid, movable } from "./calendar_grid.js";
import { useCarryKeys } from "./calendar_keys.js";
import { atMinute, minutesOf, nextSlot, openings } from "./calendar_layout.js";
import { MoveBar, reschedule, whose } from "./calendar_move.js";
import { NewBooking } from "./calendar_new.js";

const SPANS = [{ value: "week", label: "Week" }, { value: "day", label: "Day" }];
const CANCELLED = [{ value: "", label: "Active" }, { value: "all", label: "With cancelled" }];
const PAGE = 200;
const MOST_PAGES = 5;
const MINUTE = 60_000;
const NOT_NOW = "new";

/** Every booking of a span, page after page; a week of a busy place is more than one. */
async function everyBooking(path, query, signal) {
  const items = [];
  let after;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await get(path, { ...query, limit: PAGE, after }, signal);
    items.push(...page.items);
    after = page.next;
    if (!after) break;
  }
  return { items, next: after ?? null };
}

export function Page({ id, query }) {
  const { me, can } = useSession();
  const terms = termsOf(me.tenant.kind);
  const now = useNow();
  const fallback = useMedia(NARROW) ? "day" : "week";
  const span = query.span === "day" || query.span === "week" ? query.span : fallback;
  const day = dayOf(query.day) ?? startOfDay(now);
  const from = span === "day" ? day : startOfWeek(day);
  const days = span === "day" ? 1 : 7;
  const before = startOfDay(from, days);
  const bookings = useData("/bookings", { starts_from: from, starts_before: before }, everyBooking);
  const settings = useData(can("settings:read") ? "/settings" : null).data?.settings;
  const practitioners = useData("/practitioners").data?.items ?? [];
  const all = bookings.data?.items ?? [];
  const people = [...new Set([...practitioners.map((each) => each.name ?? each), ...all.map(({ practitioner }) => practitioner)].filter(Boolean))].sort((a, b) => a.localeCompare(b));
  const items = all.filter((each) => (!query.who || each.practitioner === query.who) && (query.show === "all" || each.status !== "cancelled" || each.id === id));
  const columns = span === "week" ? weekColumns(from, items, settings, query) : dayColumns(day, items, query.who ? [query.who] : people, settings, terms.nobody);
  const may = can("bookings:write");

  const body = useRef(null);
  const [move, setMove] = useState(null);
  const latest = useRef(null); // ahead of what is painted: keys come faster than frames
  const put = (next) => setMove((latest.current = next));
  const [draft, setDraft] = useState(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const find = (wanted) => all.find((each) => each.id === wanted && movable(each)) ?? null;
  const focusBlock = (of) => setTimeout(() => document.querySelector(`[data-booking="${of}"]`)?.focus(), 60);

  function cancel() {
    if (latest.current) focusBlock(latest.current.booking.id);
    put(null);
    setError(null);
  }
  function over(booking, column, minutes) {
    const at = atMinute(columns[column].day, minutes);
    const who = columns[column].who ?? booking.practitioner;
    setError(null);
    const was = latest.current;
    if (was?.at !== at || was.who !== who || was.placed) put({ booking, at, who, placed: false });
  }
  const still = ({ at, who, booking }) => at === booking.starts_at && who === booking.practitioner;
  const drop = () => put(latest.current && !still(latest.current) ? { ...latest.current, placed: true } : null);
  function take(wanted) {
    const booking = may && find(wanted);
    if (booking) put({ booking, at: booking.starts_at, who: booking.practitioner, keys: true });
    return !!booking;
  }
  /** Where the open booking covers the hours it is put aside first. */
  function takeFromAside(wanted) {
    if (take(wanted) && matchMedia("(max-width: 1099px)").matches) go(back);
  }
  function set(at, who) {
    setError(null);
    put({ ...latest.current, at, who });
    if (at < from || at >= before) go(withQuery({ day: dayKey(at) }), { replace: true });
  }
  function step(minutes, aside) {
    const { at: begins, who: whom } = latest.current;
    const shifted = Math.max(0, Math.min(24 * 60 - 5, minutesOf(begins) + minutes));
    if (span === "week" || !aside) return set(atMinute(startOfDay(begins, aside), shifted), whom);
    const at = columns.findIndex(({ who }) => who === whom);
    return set(begins, columns[Math.max(0, Math.min(columns.length - 1, at + aside))].who);
  }
  async function commit() {
    const going = latest.current;
    if (busy || !going || still(going)) return;
    setBusy(true);
    try {
      await reschedule(going, () => bookings.reload());
      await bookings.reload();
      focusBlock(going.booking.id);
      put(null);
    } catch (problem) {
      setError(problem);
      if (problem.code === "stale") await meet(going);
    }
    setBusy(false);
  }
  /** Somebody else changed it meanwhile: it goes on from what it is by now, or not at all. */
  async function meet(going) {
    const story = await get(`/bookings/${going.booking.id}`).catch(() => null);
    bookings.reload();
    if (latest.current !== going || !story) return;
    if (movable(story.booking)) put({ ...going, booking: { ...going.booking, ...story.booking } });
    else {
      failed(new Error(`${whose(going.booking)} cannot be moved any more: ${state("booking", story.booking.status)[0].toLowerCase()}`));
      cancel();
    }
  }
  const grab = useDrag(body, { find: (wanted) => (may && !busy ? find(wanted) : null), over, drop, cancel });
  useCarryKeys({ active: () => !!(latest.current?.keys || latest.current?.placed), step, commit, cancel });
  useKeys([
    { keys: ["m"], what: "Move the booking", row: true, run: take },
    { keys: ["n"], what: "New booking", run: () => may && go(newAt(soonest, undefined)) },
  ]);

  const soonest = nextSlot(settings, Math.max(now, from)); // of what is shown, as far as it is to come
  const newAt = (at, who) => link("calendar", NOT_NOW, { ...query, ...((at < from || at >= before) && { day: dayKey(at) }), at, with: who });
  const onSlot = (column, minutes) => go(newAt(atMinute(columns[column].day, Math.floor(minutes / 15) * 15), columns[column].who ?? query.who));
  const show = useCallback((at, minutes, who) => setDraft({ at, minutes, who }), []);
  const making = id === NOT_NOW && may;
  const plain = { ...query, at: undefined, with: undefined };
  const back = link("calendar", null, plain);
  const ghost = useMemo(() => {
    const of = move ? { at: move.at, length: move.booking.ends_at - move.booking.starts_at, who: move.who, name: whose(move.booking) } : making && draft ? { at: draft.at, length: draft.minutes * MINUTE, who: draft.who, name: "New booking" } : null;
    const column = of ? columns.findIndex((each) => dayKey(each.day) === dayKey(of.at) && (each.who === undefined || each.who === of.who)) : -1;
    return column < 0 || (move && still(move)) ? null : { column, from: minutesOf(of.at), to: minutesOf(of.at) + of.length / MINUTE, label: clock(of.at), name: of.name };
  }, [move, draft, making, columns.length, from]);

  const stepTo = (count) => withQuery({ day: dayKey(startOfDay(from, count * days)) });
  const actions = html`
    <a class="button icon-only" href=${stepTo(-1)} aria-label=${`Previous ${span}`}><${Icon} name="left" /></a>
    <a class="button" href=${withQuery({ day: "" })}>Today</a>
    <a class="button icon-only" href=${stepTo(1)} aria-label=${`Next ${span}`}><${Icon} name="right" /></a>
    ${may && html`<a class="button primary new-booking" href=${newAt(soonest, query.who)} aria-label="New booking"><${Icon} name="plus" size=${14} /><span>New booking</span></a>`}`;
  const filters = html`<strong class="cal-date" aria-hidden="true">${span === "day" ? dayName(day) : spanName(from, before)}</strong><${Tabs} name="span" label="Span" options=${SPANS} fallback=${fallback} />
    ${people.length > 1 && html`<${Pick} name="who" label=${terms.who} options=${people.map((value) => ({ value, label: value }))} />`}
    ${(query.show || all.some(({ status }) => status === "cancelled")) && html`<${Tabs} name="show" label="Which bookings" options=${CANCELLED} />`}
    ${bookings.data?.next && html`<span class="quiet">The first ${MOST_PAGES * PAGE} are shown</span>`}`;
  const aside = making
    ? html`<${NewBooking} at=${instantOf(query.at) ?? soonest} who=${query.with} services=${settings?.services ?? []} people=${people} back=${back} show=${show}
        made=${(story, opened) => (bookings.reload(), opened && go(link("calendar", opened, plain), { replace: true }))} />`
    : id && id !== NOT_NOW && html`<${BookingAside} key=${id} id=${id} back=${back} changed=${bookings.reload} move=${find(id) && may ? () => takeFromAside(id) : undefined} />`;
  return html`<${View} title="Calendar" count=${span === "day" ? dayName(day) : spanName(from, before)} actions=${actions} filters=${filters} aside=${aside}>
    <${Answer} of=${bookings} rows=${10}>
      <${CalendarGrid} columns=${columns} now=${now} aim=${query.day ? day : now} openId=${id} hrefOf=${(booking) => link("calendar", booking.id, plain)} ghost=${ghost} moving=${move?.booking.id}
        body=${body} grab=${may ? grab : {}} onSlot=${onSlot} may=${may} />
      ${move && html`<${MoveBar} move=${move} people=${span === "day" ? people : []} set=${set} commit=${commit} cancel=${cancel} busy=${busy} error=${error} />`}
    <//>
  <//>`;
}

const LAST = 8.64e15; // the last instant there is, in ms
const instantOf = (text) => (text && Math.abs(Number(text)) <= LAST ? Math.round(Number(text)) : null);

function weekColumns(from, items, settings) {
  const days = Array.from({ length: 7 }, (_, n) => startOfDay(from, n));
  return days.map((day, n) => ({
    key: dayKey(day), name: dayName(day), day, open: openings(settings, day, dayKey(day)), href: withQuery({ span: "day", day: dayKey(day) }),
    title: html`<span class="week-name">${weekday(day)}</span> <span class="week-number">${fields(day).day}</span>`,
    items: items.filter(({ starts_at }) => starts_at >= day && starts_at < (days[n + 1] ?? Infinity)),
  }));
}

/** One day: a column for each practitioner, and one for bookings without. */
function dayColumns(day, items, people, settings, nobody) {
  const names = [...people, ...(items.some(({ practitioner }) => !practitioner) || !people.length ? [""] : [])];
  return names.map((who) => {
    const mine = items.filter(({ practitioner }) => practitioner === who);
    const name = who || (people.length ? nobody : "Bookings");
    return { key: `${dayKey(day)}/${who}`, name, title: name, day, who, open: openings(settings, day, dayKey(day)), items: mine };
  });
}

function spanName(from, before) {
  const last = before - 1;
  return fields(from).month === fields(last).month ? `${fields(from).day} to ${fields(last).day} ${monthName(from)}` : `${shortDay(from)} to ${shortDay(last)} ${fields(last).year}`;
}
