// Server-sent events from the body of a POST, which EventSource cannot make.

/** Chunks of text in, events out, whatever the chunks' borders (WHATWG HTML, 9.2.6). */
export class EventParser {
  #tail = "";
  #afterReturn = false;
  #fields = { event: "message", data: [] };

  /** The events that this chunk completes, as {event, data}. */
  *push(chunk) {
    const text = this.#afterReturn && chunk.startsWith("\n") ? chunk.slice(1) : chunk;
    if (chunk) this.#afterReturn = chunk.endsWith("\r");
    const lines = (this.#tail + text).split(/\r\n|\r|\n/);
    this.#tail = lines.pop();
    for (const line of lines) {
      if (line) this.#field(line);
      else yield* this.#dispatch();
    }
  }

  #field(line) {
    const [, name, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (name === "event") this.#fields.event = value;
    if (name === "data") this.#fields.data.push(value);
  }

  *#dispatch() {
    const { event, data } = this.#fields;
    this.#fields = { event: "message", data: [] };
    if (data.length) yield { event, data: data.join("\n") };
  }
}

/** The events of a response, as they arrive. */
export async function* events(response) {
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
