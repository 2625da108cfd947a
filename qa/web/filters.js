// Which articles a question may be answered from: sources and dates, under the question's box.

import { byId, h, iconButton } from "./dom.js";
import { day, dayAfter, line } from "./format.js";
import { changes, info } from "./state.js";

const chosen = { sources: new Set(), after: "", until: "" };

/** The filters of a question as the service takes them. */
export function filters() {
  const { sources, after, until } = chosen;
  return {
    ...(sources.size && { source: [...sources] }),
    ...(after && { after }),
    ...(until && { before: dayAfter(until) }),
  };
}

/** Filters in words; "" for none. */
export function describe({ source = [], after, before } = {}) {
  const last = before && new Date(Date.parse(before) - 1).toISOString();
  return line(source.length && `In ${source.join(", ")}`, dates(after, last));
}

function dates(after, last) {
  const parts = [after && `from ${day(after)}`, last && `until ${day(last)}`];
  return parts.filter(Boolean).join(" ");
}

export function clear() {
  chosen.sources.clear();
  chosen.after = chosen.until = "";
  render();
}

/** How likely an answer has to be right to be given; 0 for as the server has it. */
export const strictness = () => Number(byId("strictness").value);

/** The reader asked for, "" for the first: one that is named has nobody to step in for it. */
export const reader = () => (byId("reader").selectedIndex > 0 ? byId("reader").value : "");

export function start() {
  const toggle = byId("filters-toggle");
  toggle.addEventListener("click", () => open(byId("filters").hidden));
  for (const name of ["after", "until"]) {
    byId(name).addEventListener("change", (event) => {
      chosen[name] = event.target.value;
      render();
    });
  }
  changes.addEventListener("info", render);
}

export function open(shown) {
  byId("filters").hidden = !shown;
  byId("filters-toggle").setAttribute("aria-expanded", shown);
}

function render() {
  const sources = info?.sources ?? [];
  byId("sources").replaceChildren(...sources.filter(Boolean).map(pill));
  byId("sources").closest("fieldset").hidden = !sources.some(Boolean);
  byId("after").value = chosen.after;
  byId("until").value = chosen.until;
  byId("chosen").replaceChildren(...tags());
  renderReaders(info?.readers ?? []);
}

function pill(source) {
  const box = h("input", { type: "checkbox", value: source });
  box.checked = chosen.sources.has(source);
  box.addEventListener("change", () => {
    if (box.checked) chosen.sources.add(source);
    else chosen.sources.delete(source);
    byId("chosen").replaceChildren(...tags());
  });
  return h("label", { class: "pill" }, box, h("span", { dir: "auto" }, source));
}

function tags() {
  const { sources, after, until } = chosen;
  const tag = (text, drop) => {
    const dropAndShow = () => (drop(), render(), byId("question").focus());
    const button = iconButton("close", `Remove filter ${text}`, dropAndShow);
    return h("span", { class: "tag" }, h("span", { dir: "auto" }, text), button);
  };
  const bySource = [...sources].map((source) => tag(source, () => sources.delete(source)));
  if (after) bySource.push(tag(`from ${day(after)}`, () => (chosen.after = "")));
  if (until) bySource.push(tag(`until ${day(until)}`, () => (chosen.until = "")));
  return bySource;
}

function renderReaders(names) {
  const select = byId("reader");
  const before = select.value;
  byId("reader-field").hidden = names.length < 2;
  select.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
  if (names.includes(before)) select.value = before;
}
