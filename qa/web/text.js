// An article's text with spans of it marked, character for character: what is shown, joined, is
// the text.

import { h } from "./dom.js";

const PARAGRAPHS = /([^]*?)(\n{2,}|$)/g;

/** Paragraphs of `text`; `spans` are {n, start, end} in UTF-16 code units, `current` is one. */
export function marked(text, spans, current) {
  const paragraphs = [];
  for (const match of text.matchAll(PARAGRAPHS)) {
    if (!match[0]) continue;
    const end = match.index + match[1].length;
    const words = cut(match.index, end, spans).map((piece) => show(text, piece, current));
    const blank = cut(end, end + match[2].length, spans).map((piece) => show(text, piece, current));
    const gap = blank.length && h("span", { class: "gap" }, blank);
    paragraphs.push(h("p", { dir: "auto" }, words, gap));
  }
  return paragraphs;
}

/** [start, end) in pieces, each with the spans that cover it. */
function cut(start, end, spans) {
  const borders = spans.flatMap((span) => [span.start, span.end]);
  const inside = borders.filter((border) => border > start && border < end);
  const places = [...new Set([start, ...inside, end])].sort((a, b) => a - b);
  return places.slice(0, -1).map((from, index) => ({
    from,
    to: places[index + 1],
    spans: spans.filter((span) => span.start <= from && places[index + 1] <= span.end),
  }));
}

function show(text, { from, to, spans }, current) {
  const words = text.slice(from, to);
  if (!spans.length) return words;
  const now = spans.includes(current);
  const span = now ? current : spans[0];
  const first = from === span.start && span.n;
  const properties = { class: now ? "current" : null, tabindex: now ? "-1" : null };
  return h("mark", { ...properties, "data-n": first || null }, words);
}
