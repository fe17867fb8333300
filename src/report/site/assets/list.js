// All cases, filtered, a page of them at a time.
"use strict";

syscase.list = {
  size: 100,
  address: "",
  filters: { q: "", subject: "", verdict: "", rests: "", target: "", differs: "", page: "1" },
  found: [],

  prepare() {
    const { make, data, verdicts } = syscase;
    this.form = document.getElementById("filters");
    const options = (name, values) =>
      this.form[name].append(...values.map((value) => make("option", { value }, value)));
    options("subject", data.subjects);
    options("verdict", Object.values(verdicts).map(([name]) => name));
    options("rests", ["documented", "practice", "accident"]);
    options("target", data.targets.map((target) => target.name));
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      location.hash = "?";
    });
    const about = (t) => [t.name, t.kernel, t.build, t.judge_as && `judged as ${t.judge_as}`,
      Object.values(verdicts).map(([name]) => t.counts[name] && `${t.counts[name]} ${name}`).filter(Boolean).join(", "),
      t.counts.partial && "partial"].filter(Boolean).join("\n");
    document.querySelector("#cases thead").replaceChildren(make("tr", {},
      make("th", { scope: "col" }, "Case"),
      ...data.targets.map((t) => make("th", { scope: "col", className: "target", title: about(t) },
        make("span", {}, t.name + (t.counts.partial ? " (partial)" : ""))))));
    document.getElementById("legend").replaceChildren(...Object.entries(verdicts).flatMap(([letter, [name, glyph]]) =>
      [make("span", { className: "sign " + name }, glyph), ` ${name} `]));
  },

  // The filters as they stand in the address.
  read(parameters) {
    for (const name of Object.keys(this.filters)) {
      this.filters[name] = parameters.get(name) ?? (name === "page" ? "1" : "");
    }
    for (const name of ["q", "subject", "verdict", "rests", "target"]) {
      if (this.form[name].value !== this.filters[name]) this.form[name].value = this.filters[name];
    }
    this.form.differs.checked = this.filters.differs !== "";
    this.address = location.hash;
    this.render();
  },

  // The filters as they stand in the form.
  changed() {
    const form = new FormData(this.form);
    for (const name of Object.keys(this.filters)) this.filters[name] = form.get(name) ?? "";
    this.go(1);
  },

  go(page) {
    this.filters.page = page > 1 ? String(page) : "";
    const set = Object.entries(this.filters).filter(([, value]) => value);
    const hash = "#?" + new URLSearchParams(set);
    // Not a step back for every letter that is typed.
    if (page === 1) history.replaceState(null, "", hash);
    else history.pushState(null, "", hash);
    this.address = hash;
    this.render();
  },

  matches() {
    const { data, verdicts } = syscase;
    const { subject, verdict, rests, target, differs } = this.filters;
    const words = this.filters.q.toLowerCase().split(/\s+/).filter(Boolean);
    const letter = Object.keys(verdicts).find((key) => verdicts[key][0] === verdict);
    const column = data.targets.findIndex((t) => t.name === target);
    return data.cases.filter((one) =>
      (!subject || one.subject === subject) &&
      (!rests || one.rests === rests) &&
      words.every((word) => one.text.includes(word)) &&
      (!verdict || (target ? one.verdicts[column] === letter : one.verdicts.includes(letter))) &&
      (!target || (column >= 0 && one.verdicts[column] !== " ")) &&
      // With a target: it does not do what most do.
      (!differs || (one.behaviours && (!target || one.behaviours[column] > 0))));
  },

  render() {
    const { data, make } = syscase;
    this.found = this.matches();
    const pages = Math.max(1, Math.ceil(this.found.length / this.size));
    this.page = Math.min(Math.max(1, Number.parseInt(this.filters.page, 10) || 1), pages);
    const first = (this.page - 1) * this.size;
    const shown = this.found.slice(first, first + this.size);
    document.querySelector("#cases tbody").replaceChildren(...shown.map((one) => this.row(one)));
    const range = pages > 1 ? `; ${first + 1} to ${first + shown.length} are shown` : "";
    document.getElementById("count").textContent = `${this.found.length} of ${data.cases.length} cases${range}`;
    const turn = (label, page) => make("button", {
      type: "button", disabled: page < 1 || page > pages, onclick: () => { this.go(page); this.top(); },
    }, label);
    document.getElementById("pages").replaceChildren(...(pages > 1
      ? [turn("Previous", this.page - 1), ` page ${this.page} of ${pages} `, turn("Next", this.page + 1)] : []));
  },

  row(one) {
    const { data, make, verdicts } = syscase;
    const cell = (target, column) => {
      const letter = one.verdicts[column];
      if (letter === " ") return make("td");
      const behaviour = one.behaviours ? one.behaviours[column] : -1;
      const name = verdicts[letter][0];
      const title = `${target.name}: ${name}` + (behaviour >= 0 ? `, behaviour ${syscase.letter(behaviour)}` : "");
      const tint = behaviour > 0 ? ` b${(behaviour - 1) % 4}` : "";
      return make("td", { className: "sign " + name + tint, title }, ...syscase.sign(letter, behaviour));
    };
    return make("tr", {},
      make("th", { scope: "row" },
        make("a", { href: syscase.link(one.id) }, one.id),
        make("span", { className: "summary" }, one.summary),
        one.history ? make("span", { className: "history" }, one.history) : null),
      ...data.targets.map(cell));
  },

  top() {
    document.getElementById("filters").scrollIntoView();
    document.querySelector("#cases tbody a")?.focus({ preventScroll: true });
  },

  // Moves the focus among the cases that are shown.
  step(by) {
    const links = [...document.querySelectorAll("#cases tbody a")];
    const at = links.indexOf(document.activeElement);
    links[at < 0 ? 0 : Math.min(Math.max(0, at + by), links.length - 1)]?.focus();
  },

  turn(by) {
    const page = this.page + by;
    if (page < 1 || (page - 1) * this.size >= this.found.length) return;
    this.go(page);
    this.top();
  },

  keys: {
    "/"() { this.form.q.focus(); },
    j() { this.step(1); },
    k() { this.step(-1); },
    n() { this.turn(1); },
    p() { this.turn(-1); },
    d() { this.form.differs.click(); },
  },
};
