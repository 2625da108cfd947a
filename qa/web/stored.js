// What this browser keeps: `area` is "localStorage" or "sessionStorage", either of which a browser
// may refuse altogether. A value that cannot be read is dropped.

/** The value as `read` makes it out; null without one, or if `read` throws. */
export function stored(area, name, read) {
  try {
    const value = globalThis[area].getItem(name);
    return value === null ? null : read(value);
  } catch {
    drop(area, name);
    return null;
  }
}

/** Keep a value; whether that worked. */
export function store(area, name, value) {
  try {
    globalThis[area].setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

function drop(area, name) {
  try {
    globalThis[area].removeItem(name);
  } catch {
    // Nothing is kept here.
  }
}
