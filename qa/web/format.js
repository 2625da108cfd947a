// Dates, counts and times as people read them.

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const COUNT = new Intl.NumberFormat("en");

/** "2024-12-01" or a moment in UTC to "1 Dec 2024"; nothing for what is no date. */
export function day(iso) {
  const moment = new Date(iso ?? "");
  return Number.isNaN(moment.getTime()) ? "" : DAY.format(moment);
}

/** The day after an ISO date, as the service's `before` is exclusive. */
export function dayAfter(iso) {
  const moment = new Date(iso);
  moment.setUTCDate(moment.getUTCDate() + 1);
  return moment.toISOString().slice(0, 10);
}

/** 1 article, 2,000 articles. */
export function count(number, one, many = `${one}s`) {
  return `${COUNT.format(number)} ${number === 1 ? one : many}`;
}

/** Milliseconds to "0.3 s". */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** What is known, in one line: source · date. */
export const line = (...parts) => parts.filter(Boolean).join(" · ");

/** Where and when an article was published. */
export const origin = ({ source, published_at }) => line(source, day(published_at));
