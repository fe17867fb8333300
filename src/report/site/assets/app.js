// The data, the addresses behind `#`, the keys. Text enters the page as text, never as markup.
"use strict";

const syscase = {
  data: null,
  chunks: new Map(),
  verdicts: {
    p: ["pass", "✓"], f: ["fail", "✗"], e: ["error", "!"], s: ["skip", "–"], x: ["xfail", "≈"], X: ["xpass", "★"],
  },

  // Called by data/index.js.
  index(data) {
    this.data = data;
    data.cases = data.cases.map(([id, subject, summary, verdicts, rests, ...differing], number) => ({
      number, id, subject: data.subjects[subject], summary, verdicts, rests, behaviours: differing[0], history: differing[1],
      text: (id + " " + summary).toLowerCase(),
    }));
    this.byId = new Map(data.cases.map((one) => [one.id, one]));
    const partial = data.targets.filter((t) => t.counts.partial).map((t) => t.name);
    document.getElementById("about").textContent =
      `${data.cases.length} cases on ${data.targets.length} targets` +
      (partial.length ? `; partial: ${partial.join(", ")}` : "");
    this.list.prepare();
    addEventListener("hashchange", () => this.route());
    addEventListener("keydown", (event) => this.key(event));
    this.route();
  },

  // Called by data/N.js.
  chunk(number, chunk) {
    this.chunks.get(number).resolve(chunk);
  },

  // What the list does not say of a case. A page opened from a file may load scripts, and nothing else.
  details(one) {
    const number = Math.floor(one.number / this.data.chunk);
    if (!this.chunks.has(number)) {
      const entry = {};
      entry.promise = new Promise((resolve, reject) => {
        entry.resolve = resolve;
        const script = document.createElement("script");
        script.src = `data/${number}.js`;
        script.onerror = () => {
          this.chunks.delete(number);
          reject(new Error(`data/${number}.js cannot be loaded`));
        };
        document.head.append(script);
      });
      this.chunks.set(number, entry);
    }
    return this.chunks.get(number).promise.then(({ cases, fixtures }) => {
      const details = cases[one.number % this.data.chunk];
      return { ...details, fixtures: (details.fixtures ?? []).map((fixture) => fixtures[fixture]) };
    });
  },

  route() {
    const hash = location.hash.slice(1);
    const isCase = hash.startsWith("case/");
    document.getElementById("list").hidden = isCase;
    document.getElementById("case").hidden = !isCase;
    if (isCase) {
      let id = hash.slice(5);
      try { id = decodeURIComponent(id); } catch { /* shown as it stands */ }
      this.case.show(id);
    } else {
      document.title = "syscase: what kernels do";
      this.list.read(new URLSearchParams(hash.replace(/^[^?]*\??/, "")));
    }
  },

  link: (id) => "#case/" + encodeURIComponent(id),

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape") {
      if (typing) event.target.blur();
      else if (!document.getElementById("case").hidden) location.hash = this.list.address;
      return;
    }
    if (typing) return;
    const view = document.getElementById("case").hidden ? this.list : this.case;
    const action = view.keys[event.key];
    if (action) {
      event.preventDefault();
      action.call(view);
    }
  },

  // An element with properties (a `data-` or `aria-` one is an attribute), and children: elements or text.
  make(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key.includes("-") || key === "scope" || key === "role") element.setAttribute(key, value);
      else element[key] = value;
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  },

  // A, B, … Z, then numbers.
  letter: (behaviour) => behaviour < 26 ? String.fromCharCode(65 + behaviour) : String(behaviour + 1),

  // A verdict as a sign, with its name for those who cannot see it.
  sign(letter, behaviour) {
    const [name, glyph] = this.verdicts[letter];
    return [
      this.make("span", { "aria-hidden": "true" }, glyph),
      this.make("span", { className: "unseen" }, name),
      behaviour >= 0 ? this.make("sub", {}, " " + this.letter(behaviour)) : null,
    ];
  },
};
