// The view in which one asks: the conversation, the question's box, and how a question is asked.

import * as api from "./api.js";
import * as panel from "./article.js";
import { byId, say } from "./dom.js";
import * as filters from "./filters.js";
import { begin, changes, conversation as known, forget, keep } from "./state.js";
import { TurnView } from "./turn.js";

const view = byId("ask");
const thread = byId("thread");
const box = byId("question");
const HISTORY = 8;

let conversation = begin();
let running = null;

/** Show a conversation, or a new one. */
export function show(id) {
  const one = known(id) ?? begin();
  if (id === conversation.id || !(one.turns.length || conversation.turns.length)) return;
  stop();
  panel.close();
  conversation = one;
  thread.replaceChildren(...elements(one));
  if (!one.turns.length) forget(one.id);
  arrange();
  thread.lastElementChild?.scrollIntoView();
}

/** A conversation's turns as elements; a turn that cannot be shown is dropped from it. */
function elements(one) {
  const rows = one.turns.map((turn) => ({ turn, element: elementOf(turn) })).filter(hasElement);
  one.turns = rows.map(({ turn }) => turn);
  return rows.map(({ element }) => element);
}

const hasElement = ({ element }) => element !== null;

/** null for what the tab stored in another shape than it has today. */
function elementOf(turn) {
  try {
    return new TurnView(turn, actions).element;
  } catch {
    return null;
  }
}

export const currentId = () => conversation.id;

/** The box, ready to type into. */
export function focus() {
  box.focus();
}

/** Stop the answer that is being written; true if there was one. */
export function stop() {
  const one = running;
  one?.abort.abort();
  return Boolean(one);
}

export function start() {
  byId("composer").addEventListener("submit", submit);
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    submit(event);
  });
  filters.start();
  changes.addEventListener("info", arrange);
  arrange();
}

function submit(event) {
  event.preventDefault();
  if (running) return void (event.type === "submit" && stop());
  const question = box.value.trim();
  if (!question) return box.focus();
  box.value = "";
  fit();
  if (matchMedia("(pointer: coarse)").matches) box.blur();
  filters.open(false);
  put(question, filters.filters());
}

const actions = {
  open(citation, button, citations) {
    panel.open(citations, citations.indexOf(citation), button);
  },
  openNearest: (near, button) => panel.open([near], 0, button),
  again(turn) {
    if (!running && !turn.answer) drop(turn);
    put(turn.question, turn.filters);
    if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
  },
  widen(turn) {
    filters.clear();
    put(turn.question, {});
  },
};

/** Take a turn that has no answer out of the conversation: it is asked again in its place. */
function drop(turn) {
  const index = conversation.turns.indexOf(turn);
  conversation.turns.splice(index, 1);
  thread.children[index].remove();
}

/** Ask a question as the next turn of the conversation. */
async function put(question, within) {
  if (running) return;
  const history = told();
  const turn = { question, filters: within, state: "asking" };
  conversation.turns.push(turn);
  keep(conversation);
  location.replace(`#/c/${conversation.id}`);
  const shown = new TurnView(turn, actions);
  thread.append(shown.element);
  running = { abort: new AbortController() };
  arrange();
  shown.element.scrollIntoView();
  say("Looking through the articles");
  const [reader, strictness] = [filters.reader(), filters.strictness()];
  await answer(shown, { question, history, filters: within, reader, strictness });
}

/** The conversation so far, as the service wants it. */
function told() {
  const whole = conversation.turns.filter((turn) => turn.answer);
  return whole.slice(-HISTORY).map(({ question, answer }) => ({ question, answer: answer.answer }));
}

async function answer(shown, request) {
  const kept = conversation;
  const wanted = Object.fromEntries(Object.entries(request).filter(([, value]) => value));
  try {
    for await (const event of api.ask(wanted, running.abort.signal)) shown.take(event);
  } catch (error) {
    breakOff(shown, error);
  } finally {
    running = null;
    if (known(kept.id)) keep(kept);
    arrange();
  }
}

function breakOff(shown, error) {
  const stopped = error.name === "AbortError";
  if (!stopped && !(error instanceof api.Problem)) throw error;
  const problem = stopped ? undefined : { ...error };
  Object.assign(shown.turn, { state: stopped ? "stopped" : "failed", problem });
  shown.render();
  if (stopped) say("Stopped");
}

/** The view as what it shows, the button as what it does now. */
function arrange() {
  document.querySelector("[data-view=ask]").href = `#/c/${conversation.id}`;
  view.dataset.state = conversation.turns.length ? "thread" : "empty";
  const send = byId("send");
  send.textContent = running ? "Stop" : "Ask";
  send.classList.toggle("primary", !running);
  box.placeholder = conversation.turns.length ? "Ask a follow-up" : "What do you want to know?";
}

/** The box as high as its text. */
function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
