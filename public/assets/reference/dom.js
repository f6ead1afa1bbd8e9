// Elements from values. Text is always text: nothing here parses HTML.

/** An element with attributes (functions are listeners, false and null are left out) and children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Plain prose with `code` in backticks, paragraphs at empty lines. */
export function prose(text) {
  return (text ?? "").split(/\n\s*\n/).filter((part) => part.trim()).map((part) =>
    h("p", {}, part.split(/(`[^`]+`)/).map((piece) => piece.length > 2 && piece.startsWith("`") ? h("code", {}, piece.slice(1, -1)) : piece)));
}

/** JSON with its parts marked for colour. */
export function json(value) {
  const text = JSON.stringify(value, null, 2);
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?)/);
  return parts.map((part, index) => index % 2 === 0 ? part : h("span", { class: part.endsWith(":") ? "key" : part.startsWith('"') ? "string" : "literal" }, part));
}

/** A block of code with a button that copies it. */
export function code(label, text, marked = text) {
  const button = h("button", { type: "button", class: "copy", onclick: async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  } }, "Copy");
  return h("figure", { class: "code" }, h("figcaption", {}, label, button), h("pre", { tabindex: "0" }, h("code", {}, marked)));
}
