// One question and what becomes of it: looked for, streamed, answered, stopped or failed.

import { AnswerWriter, chip, withChips } from "./answer.js";
import { hide } from "./card.js";
import { copy } from "./clipboard.js";
import { h, icon, prose, say } from "./dom.js";
import { describe } from "./filters.js";
import { count, line, origin, seconds } from "./format.js";
import { problemBox, sentence } from "./problem.js";

/** Shows `turn` and keeps it in step with the events of its answer.
 *
 * `actions`: open(citation, button, citations), openNearest(nearest, button), again(turn),
 * widen(turn).
 */
export class TurnView {
  #citations = new Map();

  constructor(turn, actions) {
    Object.assign(this, { turn, actions });
    this.about = h("div", { class: "about" });
    this.body = h("div", { class: "answer" });
    this.after = h("div", { class: "after" });
    const question = h("h2", { class: "question", dir: "auto" }, turn.question);
    this.element = h("article", { class: "turn" }, question, this.about, this.body, this.after);
    const open = (citation, button) =>
      actions.open(citation, button, [...this.#citations.values()]);
    this.open = open;
    this.writer = new AnswerWriter(this.body, this.#citations, open);
    this.render();
  }

  /** Everything anew from the turn. */
  render() {
    const { state, answer, citations = [], text = "", problem } = this.turn;
    for (const citation of answer?.citations ?? citations)
      this.#citations.set(citation.n, citation);
    this.element.dataset.state = state;
    this.body.setAttribute("aria-busy", state === "asking");
    this.#renderAbout();
    if (answer) this.#finish();
    else if (state === "asking") this.after.replaceChildren(waiting());
    else this.#breakOff(text, problem);
  }

  /** What was looked up, where it differs from what was asked, and within which filters. */
  #renderAbout() {
    const { standalone, filters } = this.turn;
    const asked = standalone && h("p", { dir: "auto" }, `Looked up as “${standalone}”`);
    const within = describe(filters);
    this.about.replaceChildren(
      ...[asked, within && h("p", { dir: "auto" }, within)].filter(Boolean),
    );
  }

  /** Take in an event of the answer. */
  take({ event, data }) {
    if (event === "meta") this.#meta(data);
    if (event === "citation") this.#citations.set(data.n, data);
    if (event === "delta") this.#delta(data.text);
    if (event === "final") this.#final(data);
  }

  #final(answer) {
    Object.assign(this.turn, { state: "done", answer });
    delete this.turn.text;
    delete this.turn.citations;
    this.render();
  }

  #meta({ question, standalone_question }) {
    this.turn.standalone = standalone_question === question ? "" : standalone_question;
    this.#renderAbout();
  }

  #delta(text) {
    this.turn.text = (this.turn.text ?? "") + text;
    this.turn.citations = [...this.#citations.values()];
    this.element.dataset.state = "writing";
    this.writer.write(text);
    say(text.replace(/\[\d+\]/g, "").trim());
  }

  /** The final answer in place of the streamed text, the focus where it was. */
  #finish() {
    const focused = this.body.contains(document.activeElement) && document.activeElement.dataset.n;
    hide();
    this.writer.rewrite(this.turn.answer);
    if (focused) this.body.querySelector(`.chip[data-n="${Number(focused)}"]`)?.focus();
    this.body.classList.toggle("silent", !this.turn.answer.answerable);
    this.after.replaceChildren(...this.#footer().filter(Boolean));
  }

  #footer() {
    const { answer } = this.turn;
    return [
      answer.notices.length &&
        h(
          "ul",
          { class: "notices" },
          answer.notices.map((text) => this.#notice(text)),
        ),
      answer.citations.length && this.#sources(answer.citations),
      answer.nearest.length && this.#nearest(answer.nearest),
      h("div", { class: "actions" }, this.#buttons(), h("p", { class: "fine" }, madeBy(answer))),
    ];
  }

  #breakOff(text, problem) {
    this.writer.replace(text);
    const again = () => this.actions.again(this.turn);
    const said = problem ? problemBox(problem, again) : h("p", { class: "stopped" }, "Stopped.");
    const retry = !problem && h("div", { class: "actions" }, this.#againButton());
    this.after.replaceChildren(...[said, retry].filter(Boolean));
  }

  #notice(text) {
    const pieces = withChips(sentence(text), this.#citations, this.open);
    const words = pieces.flatMap((piece) => (piece.nodeType ? [piece] : prose(piece)));
    return h("li", { dir: "auto" }, icon("info"), h("span", {}, words));
  }

  /** The articles cited, each with the numbers that point into it. */
  #sources(citations) {
    const byArticle = Map.groupBy(citations, (one) => `${one.article_id}\n${one.version}`);
    const rows = [...byArticle.values()].map((cited) => this.#sourceRow(cited));
    return h("section", { class: "sources" }, h("h3", {}, "Sources"), h("ol", {}, rows));
  }

  #sourceRow(cited) {
    const [first] = cited;
    const open = (event) => this.open(first, event.currentTarget);
    const title = h("span", { class: "title", dir: "auto" }, first.title || first.article_id);
    const where = h("span", { class: "origin", dir: "auto" }, origin(first));
    const button = h("button", { type: "button", class: "source", onclick: open }, title, where);
    return h(
      "li",
      {},
      h(
        "span",
        { class: "chips" },
        cited.map((one) => chip(one, this.open)),
      ),
      button,
    );
  }

  #nearest(nearest) {
    const rows = nearest.map((near) => {
      const open = (event) => this.actions.openNearest(near, event.currentTarget);
      const title = h("span", { class: "title", dir: "auto" }, near.title || near.article_id);
      const quote = h("span", { class: "near-quote", dir: "auto" }, near.quote);
      return h(
        "li",
        {},
        h("button", { type: "button", class: "near", onclick: open }, title, quote),
      );
    });
    const heading = h("h3", {}, "Closest passages");
    return h("section", { class: "nearest" }, heading, h("ol", {}, rows));
  }

  #buttons() {
    const { answer, filters } = this.turn;
    const widen = () => this.actions.widen(this.turn);
    const wider = h(
      "button",
      { type: "button", class: "quiet", onclick: widen },
      "Ask without filters",
    );
    return [
      answer.answerable && copyButton(answer),
      this.#againButton(),
      !answer.answerable && describe(filters) && wider,
    ];
  }

  #againButton() {
    const again = () => this.actions.again(this.turn);
    return h(
      "button",
      { type: "button", class: "quiet", onclick: again },
      icon("again"),
      "Ask again",
    );
  }
}

const waiting = () =>
  h(
    "div",
    { class: "waiting" },
    h("p", {}, "Looking through the articles"),
    h("i"),
    h("i"),
    h("i"),
  );

/** Who read how much in what time. */
function madeBy({ reader, read, timings_ms: { total } }) {
  return line(`Read by ${reader}`, count(read.sentences, "sentence"), seconds(total));
}

function copyButton(answer) {
  const words = h("span", {}, "Copy with footnotes");
  const button = h("button", { type: "button", class: "quiet" }, icon("copy"), words);
  button.addEventListener("click", async () => {
    await copy(answer);
    button.replaceChildren(icon("check"), "Copied");
    say("Copied");
    setTimeout(() => button.replaceChildren(icon("copy"), words), 2000);
  });
  return button;
}
