// The page that the hub serves: pair, sell something small, print it, see what scanners read and how devices are.
// Whatever comes from outside is set as text, never as markup.

import { Hub, HubProblem, newKey } from "/posdevkit-hub.js";
import { Jobs } from "/jobs.js";
import { TEXTS } from "/texts.js";

const KEPT_SCANS = 12;
const ARTICLES = [
  ["Flat white", 3800],
  ["Filterkaffe", 2800],
  ["Kanelsnegl", 3200],
  ["Rugbrød", 4500],
];

const at = (id) => document.getElementById(id);
let language = localStorage.getItem("language") ?? (navigator.language.startsWith("da") ? "da" : "en");
let words = TEXTS[language];
const hub = new Hub(location.origin, { token: localStorage.getItem("token") ?? "", language });

const jobs = new Jobs(hub);

let devices = new Map();
const weights = new Map();
let basket = [];
let key = newKey();
let kickKey = newKey();
let job = null;
let listening = null;
let connected = null;

function make(tag, text = "", className = "") {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  if (className) element.className = className;
  return element;
}

const kroner = (ore) => (ore / 100).toFixed(2).replace(".", language === "da" ? "," : ".");
const sum = () => basket.reduce((total, [, ore]) => total + ore, 0);

// Words

function speak() {
  words = TEXTS[language];
  hub.language = language;
  jobs.words = words;
  jobs.show(jobs.latest ?? []);
  document.documentElement.lang = language;
  document.title = `${words.title} – posdevkit`;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  at("language").textContent = words.language;
  at("language").lang = language === "da" ? "en" : "da";
  at("paper").alt = words.pictureOf;
  showLine();
  showArticles();
  showBasket();
  showDevices();
  showJob();
}

at("language").addEventListener("click", async () => {
  language = language === "da" ? "en" : "da";
  localStorage.setItem("language", language);
  speak();
  if (!hub.token) return;
  listen(); // what is told from now on is told in that language
  if (job) await follow();
});

// Pairing

function showPlace() {
  at("pairing").hidden = Boolean(hub.token);
  at("counter").hidden = !hub.token;
  if (!hub.token) at("code").focus();
}

async function pair(code, name) {
  const problem = at("pair-problem");
  problem.hidden = true;
  try {
    localStorage.setItem("token", await hub.pair(code, name));
    begin();
  } catch (error) {
    if (!(error instanceof HubProblem)) problem.textContent = words.disconnected;
    else problem.textContent = error.status === 401 ? words.wrongCode : `${error.message}. ${error.remedy}`;
    problem.hidden = false;
  }
}

at("pair-form").addEventListener("submit", (event) => {
  event.preventDefault();
  pair(at("code").value, at("tablet").value);
});

at("unpair").addEventListener("click", async () => {
  await hub.unpair().catch(() => {});
  forget();
});

function forget() {
  localStorage.removeItem("token");
  hub.token = "";
  listening?.abort();
  connected = null;
  showLine();
  showPlace();
}

// What devices tell

function showLine() {
  const line = at("line");
  line.textContent = connected === null ? "" : connected ? words.connected : words.disconnected;
  line.className = `pill ${connected ? "good" : "bad"}`;
}

async function listen() {
  listening?.abort();
  listening = new AbortController();
  try {
    for await (const { event, data } of hub.events({ signal: listening.signal })) heard(event, data);
  } catch (problem) {
    if (problem instanceof HubProblem && problem.status === 401) forget();
  }
}

function heard(event, data) {
  const device = devices.get(data.device);
  switch (event) {
    case "connected":
      devices = new Map();
      connected = true;
      showLine();
      return;
    case "disconnected":
      connected = false;
      showLine();
      return;
    case "device":
      devices.set(data.device, data);
      lookAtJobs();
      break;
    case "scan":
      showScan(data);
      return;
    case "lost":
      addScan(make("b", words.lost));
      return;
    case "job":
      if (data.key === key && job) {
        job = { ...job, ...data };
        showJob();
      }
      refresh();
      return;
    case "claim":
      if (device) device.claim = data;
      break;
    default:
      refresh();
      return;
  }
  showDevices();
}

let refreshing = null;
function refresh() {
  // However many events come at once, one look at all devices is enough.
  refreshing ??= (async () => {
    await new Promise((resume) => setTimeout(resume, 60));
    refreshing = null;
    const found = await hub.devices().catch(() => null);
    if (!found) return;
    devices = new Map(found.map((device) => [device.name, device]));
    showDevices();
    lookAtJobs();
    if (job && !job.settled) follow();
  })();
  return refreshing;
}

function lookAtJobs() {
  const kinds = ["printer", "label-printer"];
  const printers = Array.from(devices.values()).filter((device) => kinds.includes(device.kind));
  at("waiting").hidden = printers.length === 0;
  jobs.look(printers.map((device) => device.name));
}

const TONES = { ready: "good", waiting: "wait", failed: "bad", suspect: "bad", closed: "bad", opening: "wait", greeting: "wait" };

let shown = "";
function showDevices() {
  // Elements that are made anew lose the finger, or the focus, that is on them.
  const now = JSON.stringify([language, ...devices.values(), ...weights]);
  if (now === shown) return;
  shown = now;
  at("no-devices").hidden = devices.size > 0;
  at("devices").replaceChildren(...Array.from(devices.values(), deviceLine));
  const printers = Array.from(devices.values()).filter((device) => device.kind === "printer");
  const chosen = at("printer").value;
  at("printer").replaceChildren(...printers.map((device) => make("option", device.name)));
  if (printers.some((device) => device.name === chosen)) at("printer").value = chosen;
  at("which").hidden = printers.length < 2;
  at("drawer").hidden = printers.length === 0;
  at("show").hidden = !Array.from(devices.values()).some((device) => device.kind === "display");
  at("scanning").hidden = !Array.from(devices.values()).some((device) => device.kind === "scanner");
  showPrint();
}

function deviceLine(device) {
  const item = make("li");
  const head = make("div", "", "device");
  const name = make("div");
  name.append(make("b", device.name), make("small", words.kind[device.kind] ?? device.kind));
  const troubled = device.problem !== null;
  const state = troubled && device.state === "ready" ? "waiting" : device.state;
  head.append(name, make("span", words.state[state] ?? state, `pill ${TONES[state] ?? ""}`));
  item.append(head);
  const more = [];
  if (device.status && device.status.paper !== "unknown") more.push(words.paper[device.status.paper]);
  if (device.jobs?.waiting) more.push(`${device.jobs.waiting} ${words.waitingJobs}`);
  if (device.jobs?.for_a_person) more.push(`${device.jobs.for_a_person} ${words.doubtfulJobs}`);
  if (device.claim?.holder) more.push(`${words.heldBy} ${device.claim.holder}`);
  if (more.length) item.append(make("span", more.join(" · "), "more"));
  if (troubled) item.append(told(device.message, device.remedy, "wait"));
  if (device.kind === "scale") item.append(weighing(device));
  return item;
}

function weighing(device) {
  const row = make("div", "", "row");
  const button = make("button", words.weigh);
  button.type = "button";
  const answer = make("span", weights.get(device.name) ?? "");
  answer.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    const weight = await hub.weigh(device.name).catch((problem) => problem);
    if (weight instanceof Error) answer.textContent = `${weight.message}. ${weight.remedy ?? ""}`;
    else if (weight.grams !== null) answer.textContent = `${weight.grams.replace(/\.0+$/, "")} g`;
    else answer.textContent = `${words.noWeight}: ${weight.reasons.map((one) => words.reason[one] ?? one).join(", ")}`;
    weights.set(device.name, answer.textContent);
  });
  row.append(button, answer);
  return row;
}

// Scans

function showScan(scan) {
  const { meaning } = scan;
  const kind = { product: words.product, gs1: words.gs1, "payment-code": words.paymentCode }[meaning.kind] ?? words.unknown;
  const text = meaning.kind === "product" ? meaning.gtin : scan.text;
  addScan(
    make("b", text),
    make("small", [kind, scan.symbology].filter(Boolean).join(" · ")),
    make("small", `${scan.device} · ${new Date().toLocaleTimeString(language === "da" ? "da-DK" : "en-GB")}`, "where"),
  );
}

function addScan(...parts) {
  const item = make("li");
  item.append(...parts);
  at("no-scans").hidden = true;
  at("scans").prepend(item);
  while (at("scans").children.length > KEPT_SCANS) at("scans").lastElementChild.remove();
}

// The sale

function showArticles() {
  at("articles").replaceChildren(
    ...ARTICLES.map(([name, ore]) => {
      const button = make("button", name);
      button.type = "button";
      button.append(make("span", kroner(ore)));
      button.addEventListener("click", () => {
        if (job) startOver();
        basket.push([name, ore]);
        showBasket();
      });
      return button;
    }),
  );
}

function showBasket() {
  at("basket-empty").hidden = basket.length > 0;
  at("basket").replaceChildren(
    ...basket.map(([name, ore], place) => {
      const item = make("li");
      const remove = make("button", "×");
      remove.type = "button";
      remove.setAttribute("aria-label", `${words.remove}: ${name}`);
      remove.disabled = job !== null;
      remove.addEventListener("click", () => {
        basket.splice(place, 1);
        showBasket();
      });
      item.append(make("span", name), make("span", kroner(ore), "amount"), remove);
      return item;
    }),
  );
  at("total").textContent = kroner(sum());
  showPrint();
}

/** While a job goes on by itself, or waits for a person's word, there is nothing to print. */
function showPrint() {
  const open = job !== null && !["printed", "failed", "cancelled"].includes(job.state);
  at("print").disabled = basket.length === 0 || at("printer").options.length === 0 || open;
}

function startOver() {
  basket = [];
  key = newKey();
  job = null;
  at("picture").hidden = true;
  showBasket();
  showJob();
}

at("clear").addEventListener("click", startOver);

function receipt() {
  return {
    kind: "receipt",
    elements: [
      { type: "title", text: words.shop },
      ...basket.map(([name, ore]) => ({ type: "row", label: name, amount: kroner(ore) })),
      { type: "total", label: words.total, amount: kroner(sum()) },
      { type: "feed", lines: 1 },
      { type: "cut" },
    ],
  };
}

let document_ = null; // what stands under `key`: a second press must send the very same
at("print").addEventListener("click", async () => {
  if (job?.state === "printed") {
    startOver();
    return;
  }
  if (job?.state === "cancelled") {
    key = newKey(); // that one is never printed
    job = null;
  }
  if (!job) document_ = receipt();
  job = { printer: at("printer").value, key, state: "sending", settled: false, outcome: "none" };
  showJob();
  showBasket();
  try {
    job = await hub.print(job.printer, document_, { key });
    await follow();
  } catch (problem) {
    job = null;
    at("job").replaceChildren(told(problem.message, problem.remedy ?? words.trying, "bad"));
    showBasket();
  }
});

/** See how the job stands, and again until it is settled. */
async function follow() {
  const { printer, key: mine } = job;
  const found = await hub.job(printer, mine).catch(() => null);
  if (!found || mine !== key) return;
  job = found;
  showJob();
  if (job.state !== "pending") showPicture(printer, mine);
}

async function showPicture(printer, mine) {
  if (at("paper").dataset.key === mine && !at("picture").hidden) return;
  const picture = await hub.picture(printer, mine).catch(() => null);
  if (!picture || mine !== key) return;
  URL.revokeObjectURL(at("paper").src);
  at("paper").src = URL.createObjectURL(picture);
  at("paper").dataset.key = mine;
  at("picture").hidden = false;
}

function showJob() {
  showPrint();
  at("doubt").hidden = job?.state !== "unconfirmed";
  at("print").textContent = job?.state === "printed" ? words.printAgain : words.print;
  at("caption").textContent = job?.state === "printed" ? words.picture : words.pictureWanted;
  if (!job) {
    at("job").replaceChildren();
    return;
  }
  const state = { printed: job.outcome === "confirmed" ? words.printed : words.sent, claimed: words.sending }[job.state];
  const tone = { printed: "good", failed: "bad", unconfirmed: "wait" }[job.state] ?? (job.problem ? "wait" : "");
  const said = job.problem && !job.settled ? job.message : (state ?? words[job.state]);
  at("job").replaceChildren(told(said, job.state === "printed" ? "" : job.remedy, tone));
}

function told(what, remedy, tone) {
  const line = make("p", "", `told ${tone}`);
  line.append(make("strong", what));
  if (remedy) line.append(remedy);
  return line;
}

for (const [id, printed] of [["on-paper", true], ["not-on-paper", false]]) {
  at(id).addEventListener("click", async () => {
    job = await hub.settle(job.printer, job.key, printed).catch(() => job);
    showJob();
  });
}

at("drawer").addEventListener("click", async () => {
  try {
    // Pressed again after no answer came it is still the same kick.
    const kick = await hub.openDrawer(at("printer").value, { key: kickKey });
    kickKey = newKey();
    showJob(); // in the place of what an earlier press was told
    if (!["confirmed", "sent"].includes(kick.outcome)) {
      at("job").replaceChildren(told(words.drawerUnknown, words.drawerLook, "bad"));
    }
  } catch (problem) {
    at("job").replaceChildren(told(problem.message, problem.remedy ?? "", "bad"));
  }
});

at("show").addEventListener("click", async () => {
  const display = Array.from(devices.values()).find((device) => device.kind === "display");
  const problem = await hub.show(display.name, words.total, kroner(sum())).then(() => null, (problem) => problem);
  if (problem) at("job").replaceChildren(told(problem.message, problem.remedy ?? "", "bad"));
});

function begin() {
  showPlace();
  listen();
}

speak();
const code = new URLSearchParams(location.hash.slice(1)).get("pair");
if (code) history.replaceState(null, "", location.pathname);
showPlace();
if (hub.token) begin();
else if (code) {
  at("code").value = code;
  pair(code, at("tablet").value);
}
