// The card that shows a quote beside a chip while the pointer or the focus is on either.

import { byId } from "./dom.js";

const SHOW_MS = 90;
const HIDE_MS = 180;
const GAP = 8;

const card = byId("card");
let anchor = null;
let timer = 0;

card.addEventListener("pointerenter", () => clearTimeout(timer));
card.addEventListener("pointerleave", () => later(leave, HIDE_MS));
addEventListener("scroll", follow, { capture: true, passive: true });
addEventListener("resize", hide);

/** Show what `content()` gives for `button` on hover and focus. */
export function attach(button, content) {
  const show = () => showFor(button, content());
  button.addEventListener("pointerenter", (event) => {
    if (event.pointerType !== "touch") later(show, SHOW_MS);
  });
  button.addEventListener("pointerleave", () => later(leave, HIDE_MS));
  button.addEventListener("focus", () => button.matches(":focus-visible") && show());
  button.addEventListener("blur", hide);
  button.addEventListener("click", hide);
}

/** True if there was a card to hide. */
export function hide() {
  clearTimeout(timer);
  const shown = !card.hidden;
  card.hidden = true;
  anchor?.removeAttribute("aria-describedby");
  anchor = null;
  return shown;
}

/** The pointer has gone; the card stays while the focus is on its chip. */
function leave() {
  if (!anchor?.matches(":focus-visible")) hide();
}

/** Where the chip scrolls to, while it is in sight. */
function follow({ target }) {
  if (!anchor || card.contains(target)) return;
  const chip = anchor.getBoundingClientRect();
  if (chip.top < 0 || chip.bottom > innerHeight) hide();
  else place(chip);
}

function later(action, ms) {
  clearTimeout(timer);
  timer = setTimeout(action, ms);
}

function showFor(button, content) {
  hide();
  if (!button.isConnected) return;
  anchor = button;
  card.replaceChildren(...content);
  card.hidden = false;
  (button.closest("dialog") ?? document.body).append(card);
  button.setAttribute("aria-describedby", card.id);
  place(button.getBoundingClientRect());
}

/** Below the chip where there is room, as what it supports stands above; inside the window. */
function place(chip) {
  const { offsetWidth: width, offsetHeight: height } = card;
  const left = Math.min(chip.left + chip.width / 2 - width / 2, innerWidth - width - GAP);
  const below = chip.bottom + GAP;
  const fits = below + height + GAP <= innerHeight;
  card.style.left = `${Math.max(GAP, left)}px`;
  card.style.top = `${fits ? below : Math.max(GAP, chip.top - height - GAP)}px`;
}
