// A chart over days, with its legend, its summary for those who do not see it, and the table behind it.

import { html, useEffect, useRef, useState } from "../core/html.js";

const HEIGHT = 190;
const LETTER_PX = 6.6; // the widest of the axis

/** A token's colour as canvases want it; a token itself may be light and dark at once. */
function colour(token) {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(${token})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const faded = (rgb, share) => (/^rgb\(/.test(rgb) ? rgb.replace("rgb(", "rgba(").replace(")", `, ${share})`) : rgb);

/** Changes whenever the colours do. */
function useTheme() {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const turn = () => setTheme((count) => count + 1);
    const system = matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(turn);
    system.addEventListener("change", turn);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      system.removeEventListener("change", turn);
      chosen.disconnect();
    };
  }, []);
  return theme;
}

/** `series`: {label, tone (a token), values, bars}; `labels` stand under the axis, `names` in the table; `axis` words the
 * numbers beside it. */
export function Chart({ title, labels, names, series, format, axis }) {
  const place = useRef(null);
  const theme = useTheme();
  const [at, setAt] = useState(null);
  const [error, setError] = useState(false);
  const key = JSON.stringify([series.map(({ values }) => values), labels]);
  useEffect(() => {
    let plot = null;
    let gone = false;
    const sized = new ResizeObserver(([{ contentRect }]) => contentRect.width && plot?.setSize({ width: Math.floor(contentRect.width), height: HEIGHT }));
    import("../../vendor/uplot.js").then(({ default: Plot }) => {
      if (gone || !place.current) return;
      plot = new Plot(options(Plot, { labels, series, axis, width: place.current.clientWidth, hover: setAt }), [labels.map((_, n) => n), ...series.map(({ values }) => values)], place.current);
      sized.observe(place.current);
    }, () => setError(true));
    return () => {
      gone = true;
      sized.disconnect();
      plot?.destroy();
    };
  }, [key, theme]);
  const sum = (values) => values.reduce((all, each) => all + (each ?? 0), 0);
  const most = (values) => names[values.indexOf(Math.max(...values))];
  const summary = series.map(({ label, values }) => `${label}: ${format(sum(values))} in all, most on ${most(values)}`).join("; ");
  return html`<figure class="chart">
    <figcaption><h2>${title}</h2>
      <p class="legend" aria-hidden="true">${at !== null && html`<span class="quiet">${names[at]}</span>`}${series.map(({ label, tone, values }) => html`<span key=${label}><i style=${`background:var(${tone})`}></i>${label} <strong>${format(at === null ? sum(values) : values[at])}</strong></span>`)}</p></figcaption>
    <div class="plot" ref=${place} role="img" aria-label=${`${title}. ${summary}.`}></div>
    ${error && html`<p class="field-error">The chart could not be drawn; the figures are in the table.</p>`}
    <details class="as-table"><summary>As a table</summary>
      <div class="table-scroll" tabindex="0" role="group" aria-label=${`${title}, as a table`}><table><thead><tr><th scope="col">Day</th>${series.map(({ label }) => html`<th scope="col" key=${label}>${label}</th>`)}</tr></thead>
        <tbody>${names.map((name, n) => html`<tr key=${name}><th scope="row">${name}</th>${series.map(({ label, values }) => html`<td key=${label}>${format(values[n])}</td>`)}</tr>`)}</tbody></table></div>
    </details>
  </figure>`;
}

function options(Plot, { labels, series, axis: said, width, hover }) {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const [ink, line] = [colour("--ink-3"), colour("--line")];
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const whole = (splits) => splits.map((each) => (Number.isInteger(each) && labels[each] !== undefined ? labels[each] : null));
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 6, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (_, low, high) => [Math.min(0, low), Math.max(high, 1) * 1.08] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24, gap: 6, values: (_, splits) => whole(splits), splits: () => labels.map((_, n) => n).filter((n) => n % Math.ceil(labels.length / Math.max(4, Math.floor(width / 46))) === 0) },
      { ...axis, size: (_, words) => Math.max(28, ...(words ?? []).map(({ length }) => length * LETTER_PX + 12)), gap: 4, values: (_, splits) => splits.map((each) => (Number.isInteger(each) ? said(each) : "")), space: 36 },
    ],
    series: [{}, ...series.map(({ label, tone, bars }) => {
      const stroke = colour(tone);
      return bars
        ? { label, stroke, fill: faded(stroke, 0.28), width: 1, paths: Plot.paths.bars({ size: [0.62, 34], radius: 0.12 }), points: { show: false } }
        : { label, stroke, width: 2, points: { show: labels.length < 16, size: 5, fill: stroke } };
    })],
    hooks: { setCursor: [(plot) => hover(plot.cursor.idx ?? null)] },
  };
}
