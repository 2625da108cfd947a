// The view of all articles: the list and its pages, search, and deletion.

import * as api from "./api.js";
import * as panel from "./article.js";
import { byId, h, iconButton, say } from "./dom.js";
import { count, line, origin } from "./format.js";
import { problemBox } from "./problem.js";
import { changes, info, refresh } from "./state.js";
import * as upload from "./upload.js";

const place = byId("articles-list");
const box = byId("search-text");
const TYPING_MS = 250;
const EMBEDDING_MS = 2000;

let typing = 0;
let embedding = 0;
let wanted = null;

export function start() {
  byId("search").addEventListener("submit", (event) => (event.preventDefault(), load()));
  box.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(load, TYPING_MS);
  });
  changes.addEventListener("info", head);
  upload.start(load);
}

export function focus() {
  box.focus();
}

/** The list anew, or what the search finds. */
export async function load() {
  clearTimeout(typing);
  const ticket = (wanted = Symbol("list"));
  const text = box.value.trim();
  try {
    const content = text ? await found(text) : await listed();
    if (ticket === wanted) place.replaceChildren(...content);
  } catch (problem) {
    if (ticket === wanted) place.replaceChildren(problemBox(problem, load));
  }
}

function head() {
  if (!info) return;
  const state = info.embedding_failing_since ? "cannot be embedded" : "being embedded";
  const waiting = info.backlog && `${count(info.backlog, "passage")} ${state}`;
  byId("articles-count").textContent = line(count(info.articles, "article"), waiting);
  clearTimeout(embedding);
  if (waiting && !byId("articles").hidden) embedding = setTimeout(refresh, EMBEDDING_MS);
}

async function listed() {
  const page = await api.articles("");
  if (!page.articles.length) return [empty()];
  const list = h("ul", { class: "rows" }, page.articles.map(row));
  return [list, more(list, page.next)].filter(Boolean);
}

/** The button that brings the next page, if there is one. */
function more(list, next) {
  if (!next) return null;
  const button = h("button", { type: "button", class: "button more" }, "More articles");
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const page = await api.articles(next);
      const rows = page.articles.map(row);
      list.append(...rows);
      rows[0]?.querySelector("button").focus();
      button.replaceWith(more(list, page.next) ?? "");
    } catch (problem) {
      button.replaceWith(problemBox(problem, load));
    }
  });
  return button;
}

function row(article) {
  const { id, title, author } = article;
  const place = { ...article, article_id: id };
  const open = (event) => panel.open([place], 0, event.currentTarget);
  const name = h("span", { class: "title", dir: "auto" }, title || id);
  const facts = h("span", { class: "origin", dir: "auto" }, line(origin(article), author));
  const button = h("button", { type: "button", class: "row-open", onclick: open }, name, facts);
  const bin = iconButton("trash", `Delete ${title || id}`, () => askRemove(article, element));
  const element = h("li", { class: "row" }, button, bin);
  return element;
}

async function found(text) {
  const { passages, notices } = await api.search(text);
  const said = notices.map((notice) => h("p", { class: "hint", dir: "auto" }, notice));
  if (!passages.length)
    return [h("p", { class: "nothing" }, "No passage has these words."), ...said];
  return [...said, h("ol", { class: "rows" }, passages.map(passageRow))];
}

function passageRow(passage) {
  const { title, article_id, text } = passage;
  const open = (event) => panel.open([passage], 0, event.currentTarget);
  const name = h("span", { class: "title", dir: "auto" }, title || article_id);
  const facts = h("span", { class: "origin", dir: "auto" }, origin(passage));
  const words = h("span", { class: "near-quote", dir: "auto" }, text);
  return h(
    "li",
    { class: "row" },
    h("button", { type: "button", class: "row-open", onclick: open }, name, facts, words),
  );
}

function empty() {
  const choose = h(
    "button",
    { type: "button", class: "button", onclick: upload.choose },
    "Choose files",
  );
  const words = h("p", {}, "No articles yet. Drop files here, or choose them.");
  const kinds = h(
    "p",
    { class: "hint" },
    "Text, Markdown, HTML, PDF, or JSON lines with one article each.",
  );
  return h("div", { class: "nothing" }, words, kinds, choose);
}

/** Delete after a yes, and put the focus on what comes next. */
async function askRemove(article, element) {
  if (!(await confirmed(article))) return;
  try {
    await api.remove(article.id);
  } catch (problem) {
    element.append(problemBox(problem));
    return;
  }
  const next = element.nextElementSibling ?? element.previousElementSibling;
  element.remove();
  (next?.querySelector("button") ?? box).focus();
  panel.closeIf(article.id);
  say("Deleted");
  await refresh();
  if (!next) load();
}

function confirmed({ title, id }) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = "Delete this article?";
  byId("confirm-text").textContent =
    `${title || id}. All its versions go; citations of earlier answers no longer open.`;
  byId("confirm-yes").textContent = "Delete";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
