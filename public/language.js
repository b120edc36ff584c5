// A page in another language than English, and a host's own words for what a blueprint names.
//
// The pages are written in English. This puts every text that it knows into the language of the visit before it is
// painted: while the document is read, and whenever the application changes it. Visits in English without words of the
// host do not load it. An element with `translate="no"` holds people's own data, which stay as they are. One of the
// class `host` holds words of the host, as labels of a blueprint and messages of its listeners: they are replaced as a
// whole or not at all. What is of the class `ours` within it is ours again.
(() => {
  "use strict";
  const own = document.currentScript.dataset;
  const language = document.documentElement.lang;
  const words = new Map(Object.entries(self.inletWords || {}));
  /** The words of the host: what a blueprint, an action or a document names is a key of it, or a text of ours. */
  const hosts = new Map();
  const attributes = ["aria-description", "aria-label", "aria-roledescription", "alt", "data-label", "placeholder", "title"];
  /** Where people's own data stand, and what is no text; both stay as they are. */
  const left = [
    '[translate="no"], script, style, textarea, code, pre, kbd, del, ins, [contenteditable]',
    '[role="gridcell"], .grid-window td, .card-head b, .card-line > span',
    ".brand b, .person, .markdown, .value-list .check > span, q",
  ].join();
  /** Where words of the host stand: those of its class, and what has names of a blueprint alone. */
  const hostPlaces = '.host, .ours, th, [role="columnheader"], .card-line small, option';
  const isHosts = (element) => {
    const place = element && element.closest(hostPlaces);
    return place && !place.matches(".ours");
  };
  const grouped = /^-?\d{1,3}(,\d{3})*(\.\d+)?$/;

  /**
   * What a place takes: `{#}` a number, `{}` and `{+}` anything within a sentence, and in quotes “{}” anything at all.
   * What `{+}` takes is of ours.
   */
  const placeOf = (place, before) =>
    place === "{#}" ? "(-?[\\d,.]*\\d)" : before.endsWith("“") ? "(.+?)" : "((?:(?! · |\\. ).)+?)";

  /** A known text with places for what differs. Those that say most come first. */
  const patterns = [...words]
    .filter(([from]) => /\{[#+]?\}/.test(from))
    .map(([from, to]) => {
      const parts = from.split(/(\{[#+]?\})/);
      const escaped = parts.map((part, at) =>
        at % 2 ? placeOf(part, parts[at - 1]) : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      const inside = parts.flatMap((part, at) =>
        at % 2 === 0 ? [] : [parts[at - 1].endsWith("“") ? () => undefined : part === "{+}" ? one : whole]);
      const counts = parts.every((part, at) => at % 2 === 0 || part === "{#}");
      return { first: parts[0], last: parts.at(-1), shape: new RegExp("^" + escaped.join("") + "$", "s"), inside, counts, from, to };
    })
    .sort((one, other) => other.from.length - one.from.length);
  const counting = patterns.filter(({ counts }) => counts);

  /** A number as the language writes it; English groups its digits by commas. */
  const number = (text) => {
    const plain = text.replaceAll(",", "");
    const digits = (plain.split(".")[1] || "").length;
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(language, { ...options, useGrouping: text.includes(",") }).format(plain);
  };

  const exact = (text) => hosts.get(text) ?? words.get(text);

  function matched(text, patterns, depth) {
    for (const { first, last, shape, inside, to } of patterns) {
      if (!text.startsWith(first) || !text.endsWith(last)) continue;
      const found = shape.exec(text);
      if (!found) continue;
      const values = found.slice(1).map((value, place) => inside[place](value, depth + 1) ?? value);
      let next = 0;
      return to.replace(/\{(\d?)\}/g, (_, place) => values[place ? place - 1 : next++]);
    }
  }

  /** Several texts in one, as far as they are known. */
  function joined(text) {
    for (const between of [". ", " · ", ", "]) {
      if (!text.includes(between)) continue;
      const parts = text.split(between).map((part) => [part, one(part) ?? joined(part)]);
      if (parts.some(([, found]) => found !== undefined)) {
        return parts.map(([part, found]) => found ?? part).join(between);
      }
    }
  }

  const oneOf = (text, patterns, depth) =>
    exact(text) ?? (grouped.test(text) ? number(text) : depth < 3 ? matched(text, patterns, depth) : undefined);
  /** One text of ours: one that is known, a number, or a pattern. */
  function one(text, depth = 0) {
    return oneOf(text, patterns, depth);
  }
  /** What may be the host's within a text of ours: one that is known, a number, or how many of something. */
  function whole(text, depth) {
    return oneOf(text, counting, depth);
  }

  const said = new Map();
  /** A text in the language of the page; itself where it is not known. */
  function say(text) {
    const before = said.get(text);
    if (before !== undefined) return before;
    const [, start, core, end] = text.match(/^(\s*)(.*?)(\s*)$/s);
    const found = core && /\p{L}{2}|,/u.test(core) ? (one(core) ?? joined(core)) : undefined;
    const result = found === undefined ? text : start + found + end;
    if (said.size > 10000) said.clear();
    said.set(text, result);
    return result;
  }
  self.inletSay = say;
  /** A name of a blueprint, for what is painted: in the host's words alone. */
  self.inletLabel = (text) => hosts.get(text) ?? text;

  /** What a text or an attribute was before, by who has it: said anew when the host's words have come. */
  const english = new WeakMap();
  function put(owner, name, now, inWords, write) {
    const kept = english.get(owner) || {};
    const before = kept[name] && kept[name].shown === now ? kept[name].text : now;
    const shown = inWords(before);
    if (shown !== before) english.set(owner, { ...kept, [name]: { text: before, shown } });
    if (shown !== now) write(shown);
  }
  const sayHosts = (text) => exact(text.trim()) ?? text;
  /** The title of the page has names of the host beside one another. */
  const sayTitle = (text) => text.split(" · ").map(sayHosts).join(" · ");
  const wayOf = (element) => (element?.localName === "title" ? sayTitle : isHosts(element) ? sayHosts : say);
  const sayText = (node) =>
    put(node, "text", node.data, wayOf(node.parentElement), (shown) => (node.data = shown));
  const sayAttribute = (element, name) => {
    const now = element.getAttribute(name);
    if (now) put(element, name, now, wayOf(element), (shown) => element.setAttribute(name, shown));
  };

  function sayAll(root) {
    if (root.nodeType === Node.TEXT_NODE) return sayText(root);
    if (root.nodeType !== Node.ELEMENT_NODE || root.matches(left)) return;
    for (const name of attributes) if (root.hasAttribute(name)) sayAttribute(root, name);
    for (const child of root.childNodes) sayAll(child);
  }

  const isLeft = (node) => {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    return !element || (element.nodeType === Node.ELEMENT_NODE && element.closest(left));
  };
  const observer = new MutationObserver((changes) => {
    for (const { type, target, addedNodes, attributeName } of changes) {
      if (isLeft(target)) continue;
      if (type === "characterData") sayText(target);
      else if (type === "attributes") sayAttribute(target, attributeName);
      else addedNodes.forEach(sayAll);
    }
    // What was written here is no change of the application.
    observer.takeRecords();
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: attributes });
  sayAll(document.documentElement);
  observer.takeRecords();

  /** The address of the host's words in a language: the part of its path that is a language is replaced. */
  function inLanguage(path, wanted) {
    const address = new URL(path, location.href);
    const parts = address.pathname.split("/");
    const place = parts.findLastIndex((part) => /^[a-z]{2}(-[A-Za-z0-9]+)*$/.test(part));
    if (place >= 0) parts[place] = wanted;
    address.pathname = parts.join("/");
    return address.href;
  }

  function keep(value, key) {
    if (typeof value === "string") {
      if (!hosts.has(key)) hosts.set(key, value);
    } else if (value && typeof value === "object") {
      for (const [name, inner] of Object.entries(value)) keep(inner, key ? key + "." + name : name);
    }
  }

  /** Gets the host's words: those of the language first, then those of the address itself, for files may be partial. */
  async function fetchHosts() {
    const wanted = own.wanted || language;
    const addresses = new Set([...[wanted, wanted.split("-")[0]].map((name) => inLanguage(own.translations, name)), own.translations]);
    const asked = [...addresses].map((address) => fetch(address, { credentials: "omit" }).then((answer) => (answer.ok ? answer.json() : {})));
    for (const answer of await Promise.allSettled(asked)) if (answer.status === "fulfilled") keep(answer.value, "");
    if (!hosts.size) return;
    said.clear();
    sayAll(document.documentElement);
    observer.takeRecords();
    // The headers of the columns are painted, not written.
    document.querySelector(".grid-scroller")?.dispatchEvent(new Event("scroll"));
  }
  if (own.translations) fetchHosts();
})();
