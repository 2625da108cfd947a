// The HTTP API. Offsets come in UTF-16 code units, which is what JavaScript strings have.

import { events } from "./sse.js";
import { store, stored } from "./stored.js";

const UTF16 = "offsets=utf16";

/** What went wrong, in the service's words; `status` is 0 when it is gone, `retryAfter` seconds. */
export class Problem extends Error {
  constructor({ title = "", detail = "", hint = "", status = 0, errors = [], retryAfter = 0 }) {
    super(detail || title);
    Object.assign(this, { title, detail, hint, status, errors, retryAfter });
  }
}

const GONE = new Problem({
  title: "The server does not answer",
  detail: "It may have been stopped, or the network is down.",
  hint: "Start it with qa serve, then try again.",
});

const FOREIGN = new Problem({
  title: "This is not the server’s answer",
  detail: "Something between this page and the server answered in its place.",
  hint: "Reload the page.",
});

const BROKEN = new Problem({
  title: "The answer broke off",
  detail: "The server ended the answer before it was whole.",
  hint: "Ask again.",
});

/** What a header can carry; a key that was pasted with more would end every request. */
const KEY = /^[\x21-\x7e]+$/;

let key = stored("sessionStorage", "qa.key", (value) => KEY.exec(value)[0]) ?? "";
let askKey = async () => "";

/** `ask(problem)` gives a key when the service wants one, or "" to go without. */
export function onLocked(ask) {
  askKey = ask;
}

/** A response that is fine. Throws Problem, or AbortError when the caller gave up. */
async function send(path, options = {}) {
  const sent = key;
  const headers = { ...options.headers, ...(sent && { Authorization: `Bearer ${sent}` }) };
  const response = await fetch(path, { ...options, headers }).catch((error) => {
    throw error.name === "AbortError" ? error : GONE;
  });
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.status !== 401) throw problem;
  if (key === sent) unlock(await askKey(problem));
  if (key === sent || !key) throw problem;
  return send(path, options);
}

function unlock(given) {
  if (!KEY.test(given)) return;
  key = given;
  store("sessionStorage", "qa.key", key);
}

async function readProblem(response) {
  const body = await response.json().catch(() => ({}));
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  return new Problem({ title: response.statusText, ...body, status: response.status, retryAfter });
}

const json = (path, options) =>
  send(path, options).then((response) =>
    response.json().catch((error) => {
      throw error.name === "AbortError" ? error : FOREIGN;
    }),
  );

const posted = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** The events of an answer, parsed: {event, data}. A stream that just ends throws Problem. */
export async function* ask(request, signal) {
  const body = posted({ ...request, stream: true });
  const response = await send(`/ask?${UTF16}`, { ...body, signal });
  let whole = false;
  try {
    for await (const { event, data } of events(response)) {
      whole ||= event === "final";
      if (event === "error") throw new Problem(JSON.parse(data));
      yield { event, data: JSON.parse(data) };
    }
  } catch (error) {
    throw error instanceof TypeError ? BROKEN : error;
  }
  if (!whole) throw BROKEN;
}

export const info = () => json("/info");

export const articles = (cursor, limit = 30) =>
  json(`/articles?${new URLSearchParams({ limit, ...(cursor && { cursor }) })}`);

export const article = (id, version = "") =>
  json(`/articles/${encodeURIComponent(id)}?${UTF16}&version=${encodeURIComponent(version)}`);

export const search = (text) => json(`/search?${UTF16}&${new URLSearchParams({ q: text })}`);

export const remove = (id) => send(`/articles/${encodeURIComponent(id)}`, { method: "DELETE" });

export function upload(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return json("/articles", { method: "POST", body: form });
}
