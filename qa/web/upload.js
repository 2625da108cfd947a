// Files into the library: by button, or dropped on the page; each says what became of it.

import * as api from "./api.js";
import { byId, h, icon, iconButton, say } from "./dom.js";
import { ended, sentence } from "./problem.js";
import { refresh } from "./state.js";

const place = byId("uploads");
let whenAdded = () => {};

/** `added()` is called when files have changed the library. */
export function start(added) {
  whenAdded = added;
  byId("add").addEventListener("click", choose);
  byId("files").addEventListener("change", ({ target }) => {
    add([...target.files]);
    target.value = "";
  });
  for (const name of ["dragenter", "dragover"]) addEventListener(name, over);
  addEventListener(
    "dragleave",
    (event) => !event.relatedTarget && document.body.classList.remove("dropping"),
  );
  addEventListener("drop", drop);
}

export function choose() {
  byId("files").click();
}

function over(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  document.body.classList.add("dropping");
}

function drop(event) {
  document.body.classList.remove("dropping");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  location.hash = "#/articles";
  add([...event.dataTransfer.files]);
}

/** One file after the other, so that each has its own line and its own fate. */
async function add(files) {
  const list = h("ul", {}, files.map(waitingRow));
  const close = iconButton("close", "Hide these files", () => (place.hidden = true));
  place.replaceChildren(close, list);
  place.hidden = false;
  const rows = [...list.children];
  for (const [index, file] of files.entries()) rows[index].replaceWith(...(await sent(file)));
  say(`${files.length} files done`);
  await refresh();
  whenAdded();
}

async function sent(file) {
  try {
    const { articles } = await api.upload(file);
    const rows = articles.map((article) => doneRow(file.name, article));
    return rows.length ? rows : [failedRow(file.name, "no article in it")];
  } catch (problem) {
    const faults = problem.errors?.length ? problem.errors : [problem];
    return faults.map(({ message }) => failedRow(file.name, message, problem.hint));
  }
}

function doneRow(name, { article_id: id, outcome, error, hint }) {
  if (outcome === "failed") return failedRow(name, error, hint);
  const words = { added: "Added", updated: "Updated", unchanged: "Already here" };
  return resultRow(outcome, id, words[outcome]);
}

/** Why a file is not in; the message begins with the file's name, which is there already. */
function failedRow(name, message, hint = "") {
  const why = message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
  return resultRow("failed", name, ended(why), hint);
}

function resultRow(outcome, name, words, hint = "") {
  const mark = icon(outcome === "failed" ? "alert" : "check");
  const text = [words, hint && sentence(hint)].filter(Boolean).join(" ");
  const said = h("span", { class: "outcome", dir: "auto" }, text);
  return h("li", { "data-outcome": outcome }, mark, h("span", { dir: "auto" }, name), said);
}

const waitingRow = (file) =>
  h(
    "li",
    { "data-outcome": "waiting" },
    icon("file"),
    h("span", { dir: "auto" }, file.name),
    h("span", { class: "outcome" }, "Waiting"),
  );
