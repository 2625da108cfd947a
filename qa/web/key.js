// The form that asks for a key when the service wants one.

import { onLocked } from "./api.js";
import { byId, prose } from "./dom.js";
import { sentence } from "./problem.js";

let asking = null;

export function start() {
  byId("key-cancel").addEventListener("click", () => byId("key").close("no"));
  onLocked((problem) => (asking ??= ask(problem).finally(() => (asking = null))));
}

/** The key that was typed, or "". Questions that come meanwhile wait for the same one. */
function ask(problem) {
  const dialog = byId("key");
  const value = byId("key-value");
  const told = [problem.detail, problem.hint].filter(Boolean).map(sentence).join(" ");
  byId("key-text").replaceChildren(...prose(told));
  value.value = "";
  dialog.returnValue = "no";
  dialog.showModal();
  value.focus();
  return new Promise((resolve) => {
    const answer = () => resolve(dialog.returnValue === "yes" ? value.value.trim() : "");
    dialog.addEventListener("close", answer, { once: true });
  });
}
