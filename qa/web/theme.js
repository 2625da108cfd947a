// The theme before the first paint, hence no module: what was chosen here, else the system's.
try {
  const chosen = localStorage.getItem("qa.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // A browser that keeps nothing has the system's.
}
