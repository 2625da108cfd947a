// What stands on the page before the first question: the newest articles, or how to begin.

import * as api from "./api.js";
import * as panel from "./article.js";
import { byId, h } from "./dom.js";
import { origin } from "./format.js";
import { problemBox } from "./problem.js";
import { changes, info, refresh, trouble } from "./state.js";

const NEWEST = 4;
let seen = "";

export function start() {
  changes.addEventListener("info", render);
}

async function render() {
  const place = byId("start");
  if (trouble) return place.replaceChildren(problemBox(trouble, refresh));
  if (!info.articles) return place.replaceChildren(empty());
  const { articles } = await api.articles("", NEWEST).catch(() => ({ articles: [] }));
  const now = JSON.stringify(articles);
  if (now === seen && place.querySelector(".newest")) return;
  seen = now;
  place.replaceChildren(newest(articles));
}

function newest(articles) {
  const rows = articles.map((article) => {
    const { id, title } = article;
    const open = (event) => panel.open([{ article_id: id, ...article }], 0, event.currentTarget);
    const name = h("span", { class: "title", dir: "auto" }, title || id);
    const where = h("span", { class: "origin", dir: "auto" }, origin(article));
    return h("li", {}, h("button", { type: "button", onclick: open }, name, where));
  });
  return h(
    "section",
    { class: "newest" },
    h("h2", { class: "overline" }, "Newest articles"),
    h("ul", {}, rows),
  );
}

function empty() {
  const add = h("a", { class: "button primary", href: "#/articles" }, "Add articles");
  const command = h("p", { class: "hint" }, "or from a terminal: ", h("code", {}, "qa add FOLDER"));
  const words = h("p", {}, "There are no articles yet. Add some, then ask.");
  return h("section", { class: "nothing" }, words, add, command);
}
