// The panel that shows an article beside the answer, at the sentence that a citation points to.
//
// A plain dialog beside the answer where there is room, a modal one over it on a phone.

import * as api from "./api.js";
import { byId, h, icon, iconButton, outLink } from "./dom.js";
import { line, origin } from "./format.js";
import { problemBox } from "./problem.js";
import { marked } from "./text.js";

const panel = byId("article");
const wide = matchMedia("(min-width: 60rem)");
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** What is shown: {places, at, article}; a place is {article_id, version, title, n, start, end}. */
let shown = null;
let opener = null;
let wanted = null;

wide.addEventListener("change", () => panel.open && (panel.close(), show()));
panel.addEventListener("cancel", (event) => (event.preventDefault(), close()));

/** Open the article of `places[at]`, where it begins and ends; the focus returns to `from`. */
export function open(places, at, from) {
  opener = from;
  load(places, at);
}

/** True if there was a panel to close. */
export function close() {
  if (!panel.open) return false;
  const inside = panel.contains(document.activeElement);
  panel.close();
  document.body.classList.remove("reading");
  shown = wanted = null;
  if (inside || document.activeElement === document.body) opener?.focus();
  return true;
}

/** Close if it shows this article, which is gone. */
export function closeIf(id) {
  if (shown?.places[shown.at].article_id === id) close();
}

function show() {
  if (panel.open) return;
  document.body.classList.add("reading");
  if (wide.matches) panel.show();
  else panel.showModal();
}

async function load(places, at) {
  const place = places[at];
  const ticket = (wanted = Symbol("article"));
  shown = { places, at, article: shown?.article };
  if (!holds(shown.article, place)) render(place, [skeleton()]);
  show();
  try {
    const here = holds(shown.article, place);
    const article = here ? shown.article : await fetched(place);
    if (ticket === wanted) fill(place, article, here && !still.matches);
  } catch (problem) {
    if (ticket === wanted) render(place, [problemBox(problem, () => load(places, at))]);
  }
}

const fetched = ({ article_id, version }) => api.article(article_id, version);

const holds = (article, { article_id, version }) =>
  article?.id === article_id && version && article.version === version;

function fill(place, article, smoothly) {
  shown.article = article;
  const spans = shown.places.filter((other) => holds(article, other) || other === place);
  const inText = spans.filter((span) => span.end > span.start);
  const body = marked(article.text, inText, place);
  const text = h("div", { class: "article-text", lang: article.language || null }, body);
  render({ ...article, ...place, title: article.title }, [older(article), text], article);
  reveal(smoothly);
}

/** The marked sentence in the middle, and in the focus; else the heading. */
function reveal(smoothly) {
  const target = panel.querySelector("mark.current") ?? byId("article-title");
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center", behavior: smoothly ? "smooth" : "instant" });
}

function render(place, content, article = {}) {
  const title = place.title || place.article_id;
  const heading = h("h2", { id: "article-title", tabindex: "-1", dir: "auto" }, title);
  const known = line(origin({ ...place, ...article }), article.author);
  const facts = h("p", { class: "article-facts", dir: "auto" }, known);
  const original = outLink(article.url, "Original", icon("out"));
  const link = original && h("p", { class: "article-link" }, original);
  const head = h("div", { class: "article-head" }, heading, facts, link);
  const inside = h("div", {
    class: "panel-body",
    tabindex: "0",
    role: "region",
    "aria-labelledby": "article-title",
  });
  inside.append(head, ...content.filter(Boolean));
  panel.replaceChildren(toolbar(title), inside);
}

/** Which citation this is, the ones before and after it, and the way out. */
function toolbar(title) {
  const { places, at } = shown;
  const go = (step) => () => load(places, (at + step + places.length) % places.length);
  const several = places.length > 1;
  const where = several ? `Citation ${places[at].n} of ${places.length}` : "Article";
  return h(
    "div",
    { class: "panel-bar" },
    h(
      "div",
      { class: "panel-where" },
      h("p", { class: "overline" }, where),
      h("p", { class: "bar-title", dir: "auto", "aria-hidden": "true" }, title),
    ),
    several && iconButton("up", "Previous citation", go(-1)),
    several && iconButton("down", "Next citation", go(1)),
    iconButton("close", "Close the article", close),
  );
}

/** A word where the cited version is no longer the current one. */
function older({ id, version, current, title }) {
  if (version === current) return null;
  const place = { article_id: id, version: current, title, start: 0, end: 0 };
  const button = h("button", { type: "button", class: "quiet" }, "Show the current text");
  button.addEventListener("click", () => load([place], 0));
  const text = h("p", {}, "This is the text that was cited. It has changed since.");
  return h("div", { class: "older", role: "note" }, text, button);
}

const skeleton = () =>
  h(
    "div",
    { class: "waiting", "aria-label": "Loading", role: "status" },
    h("i"),
    h("i"),
    h("i"),
    h("i"),
  );
