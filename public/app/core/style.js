// Stylesheets that only some views need, fetched with the view.

const asked = new Map();

/** Resolves when the sheet at this path counts; once a path. */
function style(path) {
  if (!asked.has(path)) {
    asked.set(path, new Promise((resolve, reject) => {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: path });
      sheet.onload = resolve;
      sheet.onerror = () => (asked.delete(path), sheet.remove(), reject(new Error("A stylesheet could not be loaded.")));
      document.head.append(sheet);
    }));
  }
  return asked.get(path);
}

/** A view's module, once its sheets are there. */
export const styled = (load, ...sheets) => () => Promise.all([load(), ...sheets.map(style)]).then(([module]) => module);
