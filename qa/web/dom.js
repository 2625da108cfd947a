// Elements. Whatever comes from articles, people or models goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with its properties (`onclick`, `class`, attributes) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.flat().filter(Boolean));
  return element;
}

function set(element, name, value) {
  if (value === false || value === null || value === undefined) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

export const byId = (id) => document.getElementById(id);

/** One of the symbols in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** A button with an icon and, unless it is for screen readers only, its words. */
export function iconButton(name, words, onclick, properties = {}) {
  const label = { type: "button", class: "icon-button", "aria-label": words, title: words };
  return h("button", { ...label, onclick, ...properties }, icon(name));
}

/** A link to where an article was published; null unless its URL is http or https. */
export function outLink(url, ...children) {
  if (!URL.canParse(url) || !["http:", "https:"].includes(new URL(url).protocol)) return null;
  return h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, ...children);
}

/** Text in which what stands in `backticks` is code. */
export function prose(text) {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** Say something to screen readers. */
export function say(text) {
  const live = byId("live");
  live.append(h("p", {}, text));
  while (live.childElementCount > 40) live.firstElementChild.remove();
}
