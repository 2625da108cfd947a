// The page: which view is shown, the keys that work everywhere, the theme.

import * as panel from "./article.js";
import * as articles from "./articles.js";
import * as ask from "./ask.js";
import { hide } from "./card.js";
import { byId } from "./dom.js";
import * as key from "./key.js";
import * as rail from "./rail.js";
import * as firstPage from "./start.js";
import { refresh } from "./state.js";
import { store, stored } from "./stored.js";

const THEMES = ["auto", "light", "dark"];

/** `#/` a new question, `#/c/ID` a conversation of this tab, `#/articles` the articles. */
function route() {
  const listing = location.hash === "#/articles";
  if (listing) articles.load();
  else ask.show(location.hash.slice(4));
  if (byId("articles").hidden === listing) panel.close();
  byId("ask").hidden = listing;
  byId("articles").hidden = !listing;
  document.title = listing ? "Articles" : "Ask the articles";
  for (const link of document.querySelectorAll("[data-view]")) {
    if ((link.dataset.view === "articles") === listing) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  rail.render();
}

/** The first of these that has something to end, ends it. */
function escape() {
  const reading = byId("article").contains(document.activeElement);
  return hide() || (reading && panel.close()) || ask.stop() || panel.close();
}

function onKey(event) {
  if (document.querySelector("dialog:modal")) return;
  if (event.key === "Escape" && escape()) event.preventDefault();
  const typing = event.target.closest("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (byId("ask").hidden) articles.focus();
  else ask.focus();
}

const chosen = stored("localStorage", "qa.theme", String);
let theme = THEMES.includes(chosen) ? chosen : "auto";

/** Auto, light, dark and around again, kept in this browser. */
function nextTheme() {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  store("localStorage", "qa.theme", theme);
  showTheme();
}

function showTheme() {
  document.documentElement.dataset.theme = theme;
  byId("theme").querySelector("use").setAttribute("href", `#icon-${theme}`);
  byId("theme").setAttribute("aria-label", `Theme: ${theme}`);
  byId("theme").title = `Theme: ${theme}`;
}

byId("theme").addEventListener("click", nextTheme);
byId("skip").addEventListener("click", (event) => (event.preventDefault(), byId("main").focus()));
addEventListener("keydown", onKey);
addEventListener("hashchange", route);
for (const part of [key, ask, articles, rail, firstPage]) part.start();
showTheme();
route();
refresh();
if (matchMedia("(pointer: fine)").matches) ask.focus();
