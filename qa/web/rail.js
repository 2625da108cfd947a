// The list of this tab's conversations, and a line about the library.

import { currentId } from "./ask.js";
import { byId, h, iconButton } from "./dom.js";
import { count, line } from "./format.js";
import { changes, conversations, forget, info } from "./state.js";

export function start() {
  changes.addEventListener("conversations", render);
  changes.addEventListener("info", renderLibrary);
  addEventListener("hashchange", hide);
  byId("rail").addEventListener("click", (event) => event.target.closest("a") && hide());
  render();
}

function hide() {
  if (byId("rail").matches(":popover-open")) byId("rail").hidePopover();
}

export function render() {
  byId("history").replaceChildren(...conversations.map(item));
  byId("history-title").hidden = !conversations.length;
}

function item({ id, turns: [{ question }] }) {
  const here = location.hash.startsWith("#/c/") && id === currentId();
  const current = here ? "page" : null;
  const link = h("a", { href: `#/c/${id}`, "aria-current": current, dir: "auto" }, question);
  const drop = iconButton("close", `Forget ${question}`, () => {
    forget(id);
    if (id === currentId()) location.hash = "#/";
    byId("rail").querySelector("a").focus();
  });
  return h("li", {}, link, drop);
}

function renderLibrary() {
  const { articles, passages } = info ?? {};
  byId("library").textContent = info
    ? line(count(articles, "article"), count(passages, "passage"))
    : "";
}
