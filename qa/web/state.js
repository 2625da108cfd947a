// What the page knows: the service's /info, and the conversations of this tab.

import * as api from "./api.js";
import { store as put, stored } from "./stored.js";

const STORED = "qa.conversations";
const KEPT = 30;

/** Fires "info" and "conversations" when they change. */
export const changes = new EventTarget();

/** The last /info, or null before the first. */
export let info = null;

/** The Problem that keeps /info away, or null. */
export let trouble = null;

/** Ask for /info again. */
export async function refresh() {
  try {
    info = await api.info();
    trouble = null;
  } catch (problem) {
    trouble = problem;
  }
  changes.dispatchEvent(new Event("info"));
}

/** Newest first: {id, turns: [{question, state, answer | text + citations | problem}]}. */
export let conversations = stored("sessionStorage", STORED, read) ?? [];

/** What the tab has stored, as far as it is conversations; an answer that was being written when
 * the tab was left has stopped. */
function read(text) {
  const whole = JSON.parse(text).filter(isConversation);
  for (const turn of whole.flatMap((one) => one.turns)) {
    if (turn.state === "asking") turn.state = "stopped";
  }
  return whole;
}

/** Whether it can be listed; what of its turns can be shown, showing them tells. */
function isConversation(one) {
  const asked = (turn) => typeof turn?.question === "string";
  const { id, turns } = one ?? {};
  return typeof id === "string" && Array.isArray(turns) && turns.length > 0 && turns.every(asked);
}

export const conversation = (id) => conversations.find((one) => one.id === id);

/** A conversation that is kept once it has a turn. */
export const begin = () => ({
  id: crypto.getRandomValues(new Uint32Array(2)).join("-"),
  turns: [],
});

/** Keep a conversation, first in the list. */
export function keep(one) {
  conversations = [one, ...conversations.filter((other) => other.id !== one.id)].slice(0, KEPT);
  store();
}

export function forget(id) {
  conversations = conversations.filter((one) => one.id !== id);
  store();
}

/** Into the tab's storage; the oldest make room when it is full. */
function store() {
  let kept = conversations;
  while (!put("sessionStorage", STORED, JSON.stringify(kept)) && kept.length) {
    kept = kept.slice(0, -1);
  }
  changes.dispatchEvent(new Event("conversations"));
}
