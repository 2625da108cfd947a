// An answer's text as paragraphs, with a chip in place of each [n].
//
// A number becomes a chip only if the service sent a citation with it; every other bracket is text.

import { attach } from "./card.js";
import { h, icon } from "./dom.js";
import { origin } from "./format.js";

const UNFINISHED = /(?:\[\d{0,4}|\n+)$/;
const LAST_WORD = /\S{0,24}\s?$/;
const MARKERS = /^(?:\s?\[\d{1,4}\])*/;

/** Grows a container's text as it arrives. `citations` is a Map of n to citation. */
export class AnswerWriter {
  #held = "";
  #paragraph = null;

  constructor(container, citations, open) {
    Object.assign(this, { container, citations, open });
  }

  /** Append text; the beginning of a marker waits for the rest of it. */
  write(text) {
    const whole = this.#held + text;
    this.#held = UNFINISHED.exec(whole)?.[0] ?? "";
    this.#append(whole.slice(0, whole.length - this.#held.length));
  }

  /** Text that will not grow any more, in place of what is there. */
  replace(text) {
    this.#clear();
    this.#append(text);
  }

  #clear() {
    this.container.replaceChildren();
    this.#held = "";
    this.#paragraph = null;
  }

  /** The whole answer again, each statement in an element that tells whether it is supported. */
  rewrite({ answer, statements }) {
    this.#clear();
    let at = 0;
    for (const statement of statements) {
      const [markers] = MARKERS.exec(answer.slice(statement.end));
      this.#append(answer.slice(at, statement.start));
      this.#place(this.#state(statement, markers));
      at = statement.end + markers.length;
    }
    this.#append(answer.slice(at));
  }

  #state(statement, markers) {
    const doubted = !statement.supported;
    const element = h("span", { class: doubted ? "statement doubted" : "statement" });
    const gap = /^\s?/.exec(markers)[0];
    const chips = this.#pieces(markers.slice(gap.length));
    const [before, short, after] = parts(statement);
    element.append(...before, ...short, ...together([after + gap, ...chips]));
    return doubted ? [element, doubt(statement)] : [element];
  }

  /** Text at the end; a blank line begins a paragraph. */
  #append(text) {
    text.split(/\n{2,}/).forEach((part, index) => {
      if (index) this.#paragraph = null;
      if (part.trim() || this.#paragraph) this.#place(this.#pieces(part));
    });
  }

  #place(pieces) {
    this.#paragraph ??= this.container.appendChild(h("p", { dir: "auto" }));
    this.#paragraph.append(...pieces);
  }

  #pieces(text) {
    return withChips(text, this.citations, this.open);
  }
}

/** A statement's text before, in and behind the words that are the answer in short. */
function parts({ text, start, answer_span: span }) {
  if (!span) return [[], [], text];
  const [from, to] = [span.start - start, span.end - start];
  const short = h("strong", { class: "short" }, text.slice(from, to));
  return [[text.slice(0, from)], [short], text.slice(to)];
}

/** Text with a chip for each number of `citations`, in order; the rest are strings. */
export function withChips(text, citations, open) {
  return text
    .split(/(\[\d{1,4}\])/)
    .filter(Boolean)
    .map((piece) => citations.get(marked(piece)) ?? piece)
    .map((piece) => (piece.quote === undefined ? piece : chip(piece, open)));
}

/** Pieces with each chip on the line of the word before it. */
function together(pieces) {
  const lines = [];
  for (const piece of pieces) {
    const before = lines.at(-1);
    if (!piece.nodeType || !before) lines.push(piece);
    else if (before.nodeType) before.append(piece);
    else lines.splice(-1, 1, ...tied(before, piece));
  }
  return lines;
}

function tied(text, button) {
  const { index } = LAST_WORD.exec(text);
  return [text.slice(0, index), h("span", { class: "kept" }, text.slice(index), button)];
}

const marked = (piece) => Number(/^\[(\d+)\]$/.exec(piece)?.[1]);

/** The button of one citation: its quote on hover and focus, its article on click. */
export function chip(citation, open) {
  const { n, title } = citation;
  const label = `${n}, cited: ${title || citation.article_id}`;
  const properties = { type: "button", class: "chip", "data-n": n, "aria-label": label };
  const button = h("button", properties, String(n));
  button.addEventListener("click", () => open(citation, button));
  attach(button, () => quoted(citation));
  return button;
}

const quoted = (citation) => [
  h("blockquote", { dir: "auto" }, citation.quote),
  h("p", { class: "card-title", dir: "auto" }, citation.title || citation.article_id),
  h("p", { class: "card-origin", dir: "auto" }, origin(citation)),
];

/** What the cited text does not carry. */
function doubt({ citations, missing }) {
  const lost = missing.length
    ? `Not in the cited text: ${missing.join(", ")}`
    : "Not in the cited text";
  const words = citations.length ? lost : "No source cited";
  return h("span", { class: "doubt", role: "note", dir: "auto" }, icon("alert"), words);
}
