// An answer to the clipboard with its footnotes: as text, and as HTML for what can paste it.

import { h, outLink } from "./dom.js";
import { day } from "./format.js";

/** Plain text: the answer, then a line for each citation. */
export function asText({ answer, citations }) {
  const notes = citations.map((citation) => {
    const where = [known(citation), citation.url].filter(Boolean).join(". ");
    return `[${citation.n}] “${citation.quote}” ${where}`;
  });
  return [answer, notes.join("\n")].filter(Boolean).join("\n\n");
}

/** HTML: paragraphs with superscript numbers, then a list. */
export function asHtml({ answer, citations }) {
  const numbers = new Set(citations.map((citation) => `[${citation.n}]`));
  const paragraphs = answer.split(/\n{2,}/).map((text) => {
    const pieces = text.split(/(\[\d+\])/);
    return h(
      "p",
      {},
      pieces.map((piece) => (numbers.has(piece) ? h("sup", {}, piece) : piece)),
    );
  });
  const notes = citations.map((citation) => {
    const title = known(citation);
    return h(
      "li",
      { value: citation.n },
      `“${citation.quote}” `,
      outLink(citation.url, title) ?? title,
    );
  });
  return h("div", {}, paragraphs, notes.length && h("ol", {}, notes)).innerHTML;
}

const known = ({ title, article_id, source, published_at }) =>
  [title || article_id, source, day(published_at)].filter(Boolean).join(", ");

/** Both forms to the clipboard; over plain HTTP only a copy event may write there. */
export async function copy(answer) {
  const forms = { "text/plain": asText(answer), "text/html": asHtml(answer) };
  if (!navigator.clipboard?.write) return copyByEvent(forms);
  const blobs = Object.entries(forms).map(([type, text]) => [type, new Blob([text], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

function copyByEvent(forms) {
  const write = (event) => {
    for (const [type, text] of Object.entries(forms)) event.clipboardData.setData(type, text);
    event.preventDefault();
  };
  document.addEventListener("copy", write, { once: true });
  document.execCommand("copy");
}
