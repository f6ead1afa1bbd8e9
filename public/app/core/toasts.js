// What was just done, with a way back: undo instead of "are you sure?".

const SHOWN_MS = 9000;
let toasts = [];
let number = 0;
const listeners = new Set();

const tell = () => listeners.forEach((listener) => listener(toasts));

export function onToasts(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function dismiss(id) {
  toasts = toasts.filter((toast) => toast.id !== id);
  tell();
}

/** Takes all away: another person may sign in on this page. */
export function forgetToasts() {
  toasts = [];
  tell();
}

function show(toast) {
  const id = ++number;
  toasts = [...toasts.slice(-2), { id, ...toast }];
  tell();
  setTimeout(() => dismiss(id), SHOWN_MS);
  return id;
}

/** Says that something was done; `undo`, if given, takes it back. Returns the toast's id, for `dismiss`. */
export const done = (text, undo) => show({ text, undo });

/** Says that something failed. */
export const failed = (error) => show({ text: error.message, bad: true });

/** Takes back the latest thing that can be. */
export async function undo(id) {
  const toast = toasts.findLast((each) => each.undo && (id === undefined || each.id === id));
  if (!toast) return;
  dismiss(toast.id);
  try {
    await toast.undo();
    done("Undone");
  } catch (error) {
    failed(error);
  }
}
