// The devices of a posdevkit hub, from a page in any browser. No dependencies; one module.
//
//   import { Hub } from "http://192.168.1.10:8600/posdevkit-hub.js";
//   const hub = new Hub("http://192.168.1.10:8600");
//   await hub.pair("K7QM-2F9X", "Tablet at the bar");
//   await hub.print("counter", receipt, { key: "order-8812" });
//   for await (const scan of hub.scans()) console.log(scan.device, scan.text);

/**
 * @typedef {object} Device
 * @property {string} name
 * @property {string} kind `printer`, `label-printer`, `scanner`, `display` or `scale`
 * @property {string} state
 * @property {string[]} can
 * @property {Record<string, string | boolean | null> | null} status null and `unknown`: never told by the device
 * @property {string | null} problem
 * @property {string | null} message
 * @property {string | null} remedy
 * @property {Claim} claim
 * @property {{waiting: number, for_a_person: number, oldest: string | null} | null} jobs
 */

/**
 * @typedef {object} Claim
 * @property {string | null} holder
 * @property {string | null} until
 * @property {number | null} seconds_left
 * @property {boolean} mine
 * @property {boolean} collecting_payment
 */

/**
 * @typedef {object} Job
 * @property {string} printer
 * @property {string} key
 * @property {"pending" | "claimed" | "sending" | "printed" | "failed" | "unconfirmed" | "cancelled"} state
 * @property {"none" | "sent" | "partial" | "confirmed" | "unknown"} outcome
 * @property {string} evidence
 * @property {boolean} settled
 * @property {string | null} problem
 * @property {string | null} message
 * @property {string | null} remedy
 * @property {number} attempts
 * @property {string | null} copy_of the key of the original
 * @property {string | null} asked_by who gave the latest word about it
 * @property {string} added_at
 */

/**
 * @typedef {object} Kick of a drawer, which does not tell whether it opened
 * @property {string} key
 * @property {"sent" | "partial" | "confirmed" | "unknown"} outcome
 * @property {string} evidence
 */

/**
 * @typedef {object} HubEvent
 * @property {string} event `connected` and `disconnected` are this module's own, the others the hub's
 * @property {Record<string, any>} data
 */

const RETRY_MS = [250, 1000, 2000, 4000];
const SILENT_MS = 45_000; // three heartbeats

/** What the hub refuses, or a device cannot do: RFC 9457 problem details. `remedy` is for the person in front of it. */
export class HubProblem extends Error {
  /** @param {Record<string, any>} details @param {number} status */
  constructor(details, status) {
    super(details.detail ? `${details.title}: ${details.detail}` : details.title || `HTTP ${status}`);
    this.name = "HubProblem";
    /** @type {number} */ this.status = status;
    /** @type {string} */ this.slug = details.slug ?? "error";
    /** @type {string} */ this.title = details.title ?? "";
    /** @type {string} */ this.remedy = details.remedy ?? "";
    /** @type {boolean} */ this.retry = details.retry ?? false;
    /** @type {Claim | undefined} */ this.claim = details.claim;
  }
}

/** A new key for a job: print the same thing again with the same key, and it prints once. @returns {string} */
export function newKey() {
  // randomUUID is only there on pages of https and localhost; a hub in a shop is neither.
  const random = crypto.getRandomValues(new Uint8Array(16));
  return "web-" + Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Hub {
  /**
   * @param {string} url where the hub is
   * @param {{token?: string, language?: string}} [options] the token of an earlier `pair`; `en` or `da`
   */
  constructor(url, { token = "", language = "" } = {}) {
    this.url = url.replace(/\/+$/, "");
    this.token = token;
    this.language = language;
  }

  /**
   * Get a token with the code that the hub shows. Keep it: it is told this once.
   * @param {string} code @param {string} name what the hub calls this tablet
   * @returns {Promise<string>}
   */
  async pair(code, name) {
    const { token } = await this.#json("POST", "/v1/pair", { code, name });
    this.token = token;
    return token;
  }

  /** Give the token back. */
  async unpair() {
    await this.#request("DELETE", "/v1/token");
    this.token = "";
  }

  /** @returns {Promise<Device[]>} */
  async devices() {
    return (await this.#json("GET", "/v1/devices")).devices;
  }

  /**
   * Have a device alone for some seconds. While a scanner is claimed to collect a payment, payment codes come to the
   * holder alone.
   * @param {string} device @param {number} seconds @param {{collectingPayment?: boolean}} [options]
   * @returns {Promise<Claim>}
   */
  async claim(device, seconds, { collectingPayment = false } = {}) {
    return this.#json("POST", `/v1/devices/${part(device)}/claim`, { seconds, collecting_payment: collectingPayment });
  }

  /** @param {string} device @param {number} seconds @returns {Promise<Claim>} */
  async renew(device, seconds) {
    return this.#json("PUT", `/v1/devices/${part(device)}/claim`, { seconds });
  }

  /** @param {string} device */
  async release(device) {
    await this.#request("DELETE", `/v1/devices/${part(device)}/claim`);
  }

  /**
   * Print a receipt or a label. Where the network breaks, the same key is sent again: it prints once.
   * @param {string} printer @param {object} document a receipt or a label, as JSON has it
   * @param {{key?: string, copies?: number, wait?: number}} [options] `wait`: seconds until the answer comes anyway
   * @returns {Promise<Job>}
   */
  async print(printer, document, { key = newKey(), copies = 1, wait = 0 } = {}) {
    const body = copies === 1 ? { key, document } : { key, document, copies };
    return this.#promised(`/v1/printers/${part(printer)}/jobs${waiting(wait)}`, body);
  }

  /** @param {string} printer @param {string} key @param {{wait?: number}} [options] @returns {Promise<Job>} */
  async job(printer, key, { wait = 0 } = {}) {
    return this.#json("GET", `/v1/printers/${part(printer)}/jobs/${part(key)}${waiting(wait)}`);
  }

  /**
   * A person's word about a job that nobody else can tell about.
   * @param {string} printer @param {string} key @param {boolean} printed @param {string} [by] @returns {Promise<Job>}
   */
  async settle(printer, key, printed, by = "") {
    const said = by ? { printed, by } : { printed };
    return this.#json("POST", `/v1/printers/${part(printer)}/jobs/${part(key)}/release`, said);
  }

  /** A printer's jobs, oldest first; the latest thousand. @param {string} printer @returns {Promise<Job[]>} */
  async jobs(printer) {
    return (await this.#json("GET", `/v1/printers/${part(printer)}/jobs`)).jobs;
  }

  /**
   * Take back a job of which not a byte has left; `by` is who says so.
   * @param {string} printer @param {string} key @param {string} [by] @returns {Promise<Job>}
   */
  async cancel(printer, key, by = "") {
    return this.#json("POST", `/v1/printers/${part(printer)}/jobs/${part(key)}/cancel`, by ? { by } : {});
  }

  /**
   * Print a copy, marked as one, as the person called `by` asks. Where the network breaks, the copy's own key is sent
   * again: it prints once. Keep `copyKey` where a person may press again; without it every call is another copy.
   * @param {string} printer @param {string} key @param {string} by
   * @param {{copyKey?: string, language?: "da" | "en", wait?: number}} [options] @returns {Promise<Job>} the copy
   */
  async reprint(printer, key, by, { copyKey = newKey(), language, wait = 0 } = {}) {
    const path = `/v1/printers/${part(printer)}/jobs/${part(key)}/reprint${waiting(wait)}`;
    return this.#promised(path, { key: copyKey, by, language });
  }

  /** What a receipt looks like on paper: a PNG. @param {string} printer @param {string} key @returns {Promise<Blob>} */
  async picture(printer, key) {
    return (await this.#request("GET", `/v1/printers/${part(printer)}/jobs/${part(key)}/picture`)).blob();
  }

  /**
   * Open the drawer that hangs on a printer: within ten seconds or not at all. Where the network breaks, the same key is
   * sent again: it is kicked once.
   * @param {string} printer @param {{key?: string, pin?: 2 | 5}} [options] @returns {Promise<Kick>}
   */
  async openDrawer(printer, { key = newKey(), pin = 2 } = {}) {
    return this.#promised(`/v1/printers/${part(printer)}/drawer`, { key, pin });
  }

  /** @param {string} display @param {string[]} lines two at most */
  async show(display, ...lines) {
    await this.#request("PUT", `/v1/displays/${part(display)}`, { lines });
  }

  /**
   * Grams as an exact decimal text; null with the reasons where there is no weight now.
   * @param {string} scale @returns {Promise<{grams: string | null, net: boolean | null, reasons: string[]}>}
   */
  async weigh(scale) {
    return this.#json("GET", `/v1/scales/${part(scale)}/weight`);
  }

  /**
   * Codes as they are read, of one scanner or of all; each names its scanner as `device`.
   * @param {string} [scanner] @param {{signal?: AbortSignal}} [options]
   * @returns {AsyncGenerator<Record<string, any>>}
   */
  async *scans(scanner, options = {}) {
    const path = scanner === undefined ? "/v1/scans" : `/v1/scanners/${part(scanner)}/scans`;
    for await (const { event, data } of this.#stream(path, options)) if (event === "scan") yield data;
  }

  /**
   * All that devices tell. Connects again by itself, and says so; what was scanned in between is not told again.
   * @param {{devices?: string[], signal?: AbortSignal}} [options] @returns {AsyncGenerator<HubEvent>}
   */
  async *events({ devices = [], ...options } = {}) {
    const query = devices.length ? `?devices=${devices.map(part).join(",")}` : "";
    yield* this.#stream(`/v1/events${query}`, options);
  }

  /** @param {string} path @param {{signal?: AbortSignal}} options @returns {AsyncGenerator<HubEvent>} */
  async *#stream(path, { signal } = {}) {
    for (let misses = 0; !signal?.aborted; misses++) {
      const line = new AbortController();
      const stop = () => line.abort();
      signal?.addEventListener("abort", stop);
      let silence = setTimeout(stop, SILENT_MS);
      try {
        const response = await this.#request("GET", path, undefined, line.signal);
        yield { event: "connected", data: {} };
        for await (const piece of pieces(response)) {
          misses = 0;
          clearTimeout(silence);
          silence = setTimeout(stop, SILENT_MS);
          if (piece) yield piece;
        }
      } catch (problem) {
        if (problem instanceof HubProblem && problem.status < 500) throw problem;
      } finally {
        clearTimeout(silence);
        signal?.removeEventListener("abort", stop);
        line.abort();
      }
      if (signal?.aborted) return;
      yield { event: "disconnected", data: {} };
      await pause(RETRY_MS[Math.min(misses, RETRY_MS.length - 1)]);
    }
  }

  /**
   * Send what has a key of its own, again where no answer came: the hub does it once.
   * @param {string} path @param {object} body
   */
  async #promised(path, body) {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#json("POST", path, body);
      } catch (problem) {
        if (problem instanceof HubProblem || attempt >= RETRY_MS.length) throw problem;
        await pause(RETRY_MS[attempt]);
      }
    }
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #json(method, path, body) {
    return (await this.#request(method, path, body)).json();
  }

  /**
   * @param {string} method @param {string} path @param {object} [body] @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  async #request(method, path, body, signal) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (this.language) headers["Accept-Language"] = this.language;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    /** @type {RequestInit & {targetAddressSpace?: string}} */
    const options = { method, headers, signal, credentials: "omit", cache: "no-store" };
    if (body !== undefined) options.body = JSON.stringify(body);
    if (globalThis.location && new URL(this.url, location.href).origin !== location.origin) {
      // A page of https may call a hub of http once the person allows it (Local Network Access); the browser wants to
      // be told beforehand which kind of address it will find.
      options.targetAddressSpace = /^(localhost|127\.|\[::1\])/.test(new URL(this.url).hostname) ? "loopback" : "local";
    }
    const response = await fetch(this.url + path, options);
    if (response.ok) return response;
    throw new HubProblem(await response.json().catch(() => ({})), response.status);
  }
}

/**
 * The events of a stream (WHATWG HTML 9.2), and null for each comment.
 * @param {Response} response @returns {AsyncGenerator<HubEvent | null>}
 */
async function* pieces(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = /** @type {string} */ (blocks.pop());
      for (const block of blocks) {
        const fields = block.split("\n").map((line) => /** @type {const} */ ([line.split(":", 1)[0], line]));
        const find = (/** @type {string} */ name) =>
          fields.filter(([key]) => key === name).map(([, line]) => line.slice(name.length + 1).replace(/^ /, ""));
        const data = find("data");
        yield data.length ? { event: find("event")[0] ?? "message", data: JSON.parse(data.join("\n")) } : null;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {string} name */
const part = (name) => encodeURIComponent(name);

/** @param {number} seconds */
const waiting = (seconds) => (seconds ? `?wait=${seconds}` : "");

/** @param {number} ms */
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));
