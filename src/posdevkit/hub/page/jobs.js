// The latest jobs of all printers on the page: take back what has not begun, say what became of what nobody can tell
// about, and print a copy. Every word is a person's, so it asks for a name.

import { HubProblem, newKey } from "/posdevkit-hub.js";

const KEPT_JOBS = 8;

const at = (id) => document.getElementById(id);

/** @param {string} tag @param {string} text */
function make(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

export class Jobs {
  /** @param {import("./posdevkit-hub.js").Hub} hub */
  constructor(hub) {
    this.hub = hub;
    this.words = {};
    this.shown = "";
    /** Keys of copies that were asked for and not answered: pressed again, it is the same copy. */
    this.asked = new Map();
    at("who").value = localStorage.getItem("who") ?? "";
    at("who").addEventListener("input", () => {
      localStorage.setItem("who", this.who());
      this.shown = "";
      this.show(this.latest ?? []);
    });
  }

  who() {
    return at("who").value.trim();
  }

  /** Ask for the jobs of these printers, and show them. @param {string[]} printers */
  async look(printers) {
    const found = await Promise.all(printers.map((printer) => this.hub.jobs(printer).catch(() => [])));
    const latest = found.flat().sort((one, other) => other.added_at.localeCompare(one.added_at));
    this.show(latest.slice(0, KEPT_JOBS));
  }

  show(jobs) {
    this.latest = jobs;
    at("no-jobs").hidden = jobs.length > 0;
    // Elements that are made anew lose the finger, or the focus, that is on them.
    const now = JSON.stringify([this.words.title, jobs]);
    if (now === this.shown) return;
    this.shown = now;
    at("jobs").replaceChildren(...jobs.map((job) => this.line(job)));
  }

  line(job) {
    const { words } = this;
    const item = make("li", "");
    const state = { claimed: words.sending, printed: job.outcome === "confirmed" ? words.printed : words.sent }[job.state];
    item.append(make("b", job.copy_of ? `${words.copyOf} ${job.copy_of}` : job.key));
    const by = job.asked_by ? ` · ${job.asked_by}` : "";
    item.append(make("small", `${job.printer} · ${state ?? words[job.state] ?? job.state}${by}`, "more"));
    const row = make("div", "", "row");
    if (["pending", "claimed", "failed"].includes(job.state)) {
      row.append(this.button(words.cancel, job, () => this.hub.cancel(job.printer, job.key, this.who())));
    }
    if (job.state === "unconfirmed") {
      for (const [text, printed] of [[words.onPaper, true], [words.notOnPaper, false]]) {
        row.append(this.button(text, job, () => this.hub.settle(job.printer, job.key, printed, this.who())));
      }
    }
    if (["printed", "unconfirmed"].includes(job.state)) {
      const copy = this.button(words.copy, job, () => this.copy(job));
      copy.disabled = !this.who(); // a copy names who asked for it
      row.append(copy);
    }
    if (row.children.length) item.append(row);
    return item;
  }

  async copy(job) {
    const what = JSON.stringify([job.printer, job.key]);
    if (!this.asked.has(what)) this.asked.set(what, newKey());
    try {
      await this.hub.reprint(job.printer, job.key, this.who(), { copyKey: this.asked.get(what) });
    } catch (problem) {
      // Without an answer nobody knows whether the hub has it.
      if (problem instanceof HubProblem && problem.status < 500) this.asked.delete(what);
      throw problem;
    }
    this.asked.delete(what);
  }

  button(text, job, act) {
    const button = make("button", text);
    button.type = "button";
    button.setAttribute("aria-label", `${text}: ${job.key}`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      const problem = await act().then(() => null, (problem) => problem);
      const told = at("jobs-problem");
      told.hidden = problem === null;
      told.textContent = problem === null ? "" : `${problem.message}. ${problem.remedy ?? ""}`;
      this.shown = "";
      await this.look([...new Set(this.latest.map((one) => one.printer))]);
    });
    return button;
  }
}
