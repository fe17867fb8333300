// One case: what is promised, and what each target did.
"use strict";

syscase.case = {
  // Each target in a column of its own, or one for all that do the same.
  apart: false,
  number: -1,

  show(id) {
    const { make, data } = syscase;
    const article = document.getElementById("case");
    const one = syscase.byId.get(id);
    document.title = `${id} – syscase`;
    if (!one) {
      this.number = -1;
      article.replaceChildren(make("h2", { tabIndex: -1 }, "No such case"),
        make("p", {}, `No case has the id ${id}.`), this.back());
      return;
    }
    this.number = one.number;
    const neighbour = (number, label) => data.cases[number]
      ? make("a", { href: syscase.link(data.cases[number].id) }, label) : null;
    const body = make("div", { id: "details" }, make("p", {}, "Loading…"));
    article.replaceChildren(
      make("nav", { "aria-label": "Cases" }, this.back(), neighbour(one.number - 1, "Previous case"),
        neighbour(one.number + 1, "Next case")),
      make("h2", { tabIndex: -1 }, one.id),
      make("p", { className: "lead" }, one.summary),
      body);
    article.querySelector("h2").focus({ preventScroll: true });
    scrollTo(0, 0);
    syscase.details(one).then((details) => {
      if (this.number === one.number) this.fill(body, one, details);
    }, (error) => body.replaceChildren(make("p", { role: "alert" }, error.message)));
  },

  back: () => syscase.make("a", { href: syscase.list.address || "#" }, "All cases"),

  fill(body, one, details) {
    const { make } = syscase;
    const ran = details.runs.filter((run) => this.performed(one, details, run)).length;
    const same = ran === 0 ? "No target performed it." : ran === 1 ? "One target performed it."
      : `The same on all ${ran} targets that performed it.`;
    const apart = make("input", { type: "checkbox", checked: this.apart });
    const traces = make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Traces" });
    const draw = () => traces.replaceChildren(this.traces(one, details));
    apart.addEventListener("input", () => { this.apart = apart.checked; draw(); });
    draw();
    body.replaceChildren(
      make("p", { className: "meta" }, one.subject + " · ", this.place(details), this.grounds(one, details)),
      make("h3", {}, "Behaviour"),
      make("p", { className: "history" }, one.history || same),
      make("label", { className: "check screen" }, apart, " every target in a column of its own"),
      traces,
      ...(details.claim ? this.claim(details) : []),
      ...(details.yaml ? [make("h3", {}, "The case"), this.source(details.yaml)] : []),
      ...(details.fixtures.length ? [make("h3", {}, "Its fixtures")] : []),
      ...details.fixtures.flatMap((fixture) => [make("h4", {}, this.place(fixture)), this.source(fixture.yaml)]));
  },

  // A case that was skipped may have been performed all the same, and not judged.
  performed: (one, details, run) => one.verdicts[run.target] !== "s" || details.traces[run.trace].length > 0,

  // What the expectations rest on, if that is said.
  grounds: (one, details) => one.rests === "" ? "" : " · rests on "
    + { documented: "documentation", practice: "practice", accident: "an accident of Linux" }[one.rests]
    + (details.source ? ": " + details.source : ""),

  place: ({ file, line }) => syscase.make("code", {}, `${file}:${line}`),

  source: (yaml) => syscase.make("pre", { tabIndex: 0 }, syscase.make("code", {}, yaml)),

  // Runs that share a column.
  columns(one, details) {
    const columns = new Map();
    for (const run of details.runs) {
      const verdict = one.verdicts[run.target];
      const behaviour = one.behaviours ? one.behaviours[run.target] : this.performed(one, details, run) ? 0 : -1;
      const key = this.apart ? run.target : [behaviour, verdict, run.reason].join("\n");
      const column = columns.get(key);
      if (column) column.targets.push(run.target);
      else columns.set(key, { behaviour, verdict, run, targets: [run.target], steps: details.traces[run.trace] });
    }
    return [...columns.values()];
  },

  traces(one, details) {
    const { make, data } = syscase;
    const columns = this.columns(one, details);
    const usual = columns.find((column) => column.behaviour === 0) ?? columns[0];
    const length = Math.max(0, ...columns.map((column) => column.steps.length));
    const head = (column) => make("th", { scope: "col" },
      make("span", { className: "sign " + syscase.verdicts[column.verdict][0] },
        ...syscase.sign(column.verdict, one.behaviours ? column.behaviour : -1)),
      " " + column.targets.map((target) => data.targets[target].name).join(", "));
    const step = (_, number) => make("tr", {}, make("th", { scope: "row" }, String(number + 1)),
      ...columns.map((column) => this.step(column.steps[number], usual.steps[number], column === usual)));
    const reasons = columns.some((column) => column.run.reason)
      ? [make("tr", {}, make("th", { scope: "row" }, "why"),
        ...columns.map((column) => make("td", {}, column.run.reason ?? "")))] : [];
    return make("table", { className: "traces" },
      make("caption", {}, columns.length > 1
        ? "The trace on each target. Marked: what differs from most targets." : "The trace."),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Step"), ...columns.map(head))),
      make("tbody", {}, ...Array.from({ length }, step), ...reasons));
  },

  step(step, usual, isUsual) {
    const { make } = syscase;
    if (!step) return make("td", { className: "none" });
    const [shown, expected, notes] = step;
    const same = isUsual || (usual && this.plain(shown) === this.plain(usual[0]));
    const line = make("code", {}, ...(same ? [shown] : this.marked(shown, usual ? usual[0] : "")));
    const cell = make("td", { className: same ? "" : "differs" },
      same ? null : make("span", { className: "unseen" }, "differs: "), line);
    if (expected) cell.append(make("code", { className: "expected" }, "expected " + expected));
    for (const note of notes) cell.append(make("span", { className: "note" }, note));
    return cell;
  },

  // Addresses differ from run to run.
  plain: (shown) => shown.replace(/0x[0-9a-f]{6,}/g, "0x"),

  // A line with what is not in the other one marked: all between the words at its beginning and at its end.
  marked(shown, other) {
    const words = (text) => text.match(/[\w$]+|\s+|[^\w$\s]/gu) ?? [];
    const [a, b] = [words(shown), words(other)];
    let head = 0;
    while (head < a.length && head < b.length && a[head] === b[head]) head++;
    let tail = 0;
    while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
    const end = a.length - tail;
    const middle = a.slice(head, end).join("");
    return [a.slice(0, head).join(""), middle ? syscase.make("mark", {}, middle) : "", a.slice(end).join("")];
  },

  // `example 1, line 418: “vmsplice(999”`.
  place: (claim) => claim.section + (claim.line ? `, line ${claim.line}` : "") + (claim.term ? `: “${claim.term}”` : ""),

  claim(details) {
    const { make, data } = syscase;
    const { claim } = details;
    const found = new Map();
    for (const run of details.runs.filter((run) => run.found)) {
      found.set(run.found, [...(found.get(run.found) ?? []), data.targets[run.target].name]);
    }
    const entry = (term, text) => text ? [make("dt", {}, term), make("dd", {}, text)] : [];
    return [
      make("h3", {}, `Claim ${claim.id} of ${claim.document}`),
      make("dl", {}, ...entry("Where", this.place(claim)), ...entry("States", claim.states),
        ...entry("Instead", claim.instead),
        ...[...found].flatMap(([finding, names]) => entry(finding === "holds" ? "Holds on" : "Refuted on", names.join(", ")))),
    ];
  },

  step_to(by) {
    const next = syscase.data.cases[this.number + by];
    if (this.number >= 0 && next) location.hash = syscase.link(next.id);
  },

  keys: {
    j() { this.step_to(1); },
    k() { this.step_to(-1); },
  },
};
