// An error as a person needs it: what happened, what to do, and when to try again.

import { h, icon, prose } from "./dom.js";

/** A box with a problem; its button calls `again`, once the service's Retry-After has passed. */
export function problemBox({ title, detail, hint, status, retryAfter }, again) {
  const ours = !status; // then the title says what happened; the service's is true of many things
  const heading = (!ours && detail) || title || detail;
  const words = [h("p", { class: "problem-title", dir: "auto" }, prose(sentence(heading)))];
  if (detail && detail !== heading) words.push(h("p", { dir: "auto" }, prose(sentence(detail))));
  if (hint) words.push(h("p", { dir: "auto" }, prose(sentence(hint))));
  if (again) words.push(retryButton(retryAfter, again));
  return h("div", { class: "problem", role: "alert" }, icon("alert"), h("div", {}, words));
}

function retryButton(wait, again) {
  const button = h("button", { type: "button", class: "button", onclick: again }, "Try again");
  if (wait) countDown(button, wait);
  return button;
}

function countDown(button, left) {
  button.disabled = left > 0;
  button.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
  if (left > 0) setTimeout(() => countDown(button, left - 1), 1000);
}

/** A message of the service, which begins small, as a sentence. */
export const sentence = (text) => ended(text.charAt(0).toUpperCase() + text.slice(1));

/** The same with a full stop, for the end of a sentence that has begun. */
export const ended = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);
