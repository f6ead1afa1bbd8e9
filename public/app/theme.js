// Before the first paint: the theme somebody chose, else the system's.
try {
  const chosen = localStorage.getItem("fd.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be closed to us; the system's theme it is.
}
