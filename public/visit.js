// The page of a visitor, mostly in a frame of another site, where the browser keeps no cookies.
//
// It runs before everything else. The token of the visit is kept in the storage of the tab and sent with each request
// to our own server; the token of the link is taken out of the address. What happens in the space is told to the page
// around, in the form that the published SDKs hear (`{flatfileEvent}`).
(() => {
  "use strict";
  const own = document.currentScript.dataset;
  const framed = window.parent !== window;
  const space = own.space || (location.pathname.match(/^(?:\/s)?\/space\/(\w+)/) || [])[1];
  const key = "inlet-visit-" + space;

  /** The storage of the tab; a frame may have none, then its place in the history of the tab holds as little. */
  const storage = (() => {
    try {
      return sessionStorage;
    } catch {
      return {
        getItem: () => history.state && history.state[key],
        setItem: (_, text) => history.replaceState({ ...history.state, [key]: text }, ""),
        removeItem: () => history.replaceState(null, ""),
      };
    }
  })();
  const kept = JSON.parse(storage.getItem(key) || "{}");
  const keep = () => storage.setItem(key, JSON.stringify(kept));

  /** Goes to a page with a token that is in no address. */
  function enter(address, token) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "token";
    field.value = token;
    form.append(field);
    document.documentElement.append(form);
    form.submit();
  }

  /** The site around: as the browser says, else as it was when the frame was opened. */
  function host() {
    if (location.ancestorOrigins && location.ancestorOrigins.length) return location.ancestorOrigins[0];
    try {
      const from = new URL(document.referrer).origin;
      if (from !== location.origin) return from;
    } catch {}
    return kept.host;
  }

  /** Whether a site is among those that the environment names; any is when it names none. */
  function isAllowed(origin) {
    const origins = (own.origins || "").split(" ").filter(Boolean);
    const { protocol, host: name } = new URL(origin);
    return (
      !origins.length ||
      origins.some((allowed) => {
        const [scheme, pattern] = allowed.split("://");
        const fits = pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
        return scheme + ":" === protocol && fits;
      })
    );
  }

  /** Says something to the page around, and to no other. */
  function say(message) {
    const origin = host();
    if (origin === undefined) window.parent.postMessage(message, own.origins ? location.origin : "*");
    else if (isAllowed(origin)) window.parent.postMessage(message, origin);
  }

  /** Does what the page around says: opens a space, once for each that it names. */
  function listen() {
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.parent || !framed || !data || typeof data !== "object") return;
      if (!isAllowed(origin)) return;
      const event = data.flatfileEvent;
      const wanted =
        event && event.topic === "portal:initialize" && event.payload && event.payload.status === "complete"
          ? event.payload.spaceUrl
          : data.inlet === "open"
            ? data.address
            : undefined;
      if (typeof wanted !== "string") return;
      const address = new URL(wanted, location.origin);
      const named = (address.pathname.match(/^(?:\/s)?\/space\/(\w+)/) || [])[1];
      if (address.origin !== location.origin || !named || named === space) return;
      const token = data.token || address.searchParams.get("token");
      address.searchParams.delete("token");
      // Not every browser tells the page that follows who is around it.
      try {
        sessionStorage.setItem("inlet-visit-" + named, JSON.stringify({ host: origin }));
      } catch {}
      if (token) enter(address.pathname + address.search, token);
    });
  }

  if (own.does === "wait") {
    listen();
    if (framed) say({ inlet: "ready" });
    return;
  }
  if (own.does === "forget") {
    storage.removeItem(key);
    if (framed) say({ inlet: "over" });
    return;
  }
  if (own.does === "resume") {
    if (kept.token) enter(location.pathname + location.search, kept.token);
    else if (own.otherwise) location.replace(own.otherwise);
    else if (!framed) location.replace("/sign-in?next=" + encodeURIComponent(location.pathname));
    else {
      document.querySelector("main").hidden = false;
      listen();
      say({ inlet: "over" });
    }
    return;
  }

  Object.assign(kept, { token: own.token, host: host() });
  history.replaceState(history.state, "", own.address + location.hash);
  keep();
  addEventListener("pagehide", keep);
  const { pushState } = history;
  history.pushState = function (...entry) {
    pushState.apply(history, entry);
    keep();
  };
  listen();
  setInterval(async () => {
    const answer = await fetch("/visit", { method: "POST" }).catch(() => undefined);
    if (answer && answer.ok) kept.token = (await answer.json()).token;
    keep();
  }, 3600_000);

  // Flatfile's packages have their cross over the corner of the frame; the frame of our own has this name.
  if (framed && window.name !== "inlet") document.documentElement.dataset.crossed = "";

  // Browsers that keep storage from frames refuse locks, too; without them every page has a stream of its own.
  if (framed) Object.defineProperty(navigator, "locks", { value: undefined });

  const isOwn = (address) => new URL(address, location.href).origin === location.origin;

  const plainFetch = window.fetch.bind(window);
  window.fetch = (input, init) => {
    const request = new Request(input, init);
    if (isOwn(request.url)) request.headers.set("authorization", "Bearer " + kept.token);
    return plainFetch(request);
  };
  /** How jobs ended whose outcomes nobody has closed: the events that told of it, by the ids of the jobs. */
  const ends = new Map();
  /** Tells the page around that an outcome was closed, where the server can no more: its space may be gone by then. */
  function closed(job) {
    if (ends.has(job)) say({ flatfileEvent: { ...ends.get(job), topic: "job:outcome-acknowledged" } });
    ends.delete(job);
  }
  navigator.sendBeacon = (address, body) => {
    fetch(address, { method: "POST", body, keepalive: true }).then(({ ok }) => {
      const job = !ok && /acknowledge/.test(address) && new TextDecoder().decode(body).match(/us_jb_\w+/);
      if (job) closed(job[0]);
    }, () => {});
    return true;
  };

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.isOwn = isOwn(address);
    return open.call(this, method, address, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.isOwn) this.setRequestHeader("authorization", "Bearer " + kept.token);
    return send.call(this, body);
  };

  /** A file is fetched by the browser itself, which sends no token: it gets an address that holds for a minute. */
  async function download(link) {
    const answer = await fetch(link.pathname.replace(/\/download$/, "/ticket"), { method: "POST" });
    if (!answer.ok) return;
    const ticketed = document.createElement("a");
    ticketed.href = (await answer.json()).address;
    ticketed.download = "";
    click.call(ticketed);
  }
  const isFile = (link) => isOwn(link.href) && /^\/files\/\w+\/download$/.test(link.pathname) && !link.search;
  const { click } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function () {
    return isFile(this) ? void download(this) : click.call(this);
  };
  addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element && event.target.closest("a[href]");
      if (!link || !isFile(link)) return;
      event.preventDefault();
      download(link);
    },
    true,
  );

  /** Reads server-sent events of an answer: calls `each` with `{data, id, event}`. */
  async function read(answer, each) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const message = { data: [] };
        for (const line of block.split("\n")) {
          const [, name, text] = line.match(/^(\w*): ?(.*)$/) || [];
          if (name === "data") message.data.push(text);
          else if (name) message[name] = text;
        }
        if (message.data.length) each({ ...message, data: message.data.join("\n") });
      }
    }
  }

  /** `EventSource`, whose requests cannot carry a token, as far as a page needs it. */
  class Source extends EventTarget {
    constructor(address) {
      super();
      this.url = new URL(address, location.href).href;
      this.readyState = 0;
      this.last = undefined;
      this.stop = new AbortController();
      this.follow();
    }
    async follow() {
      while (this.readyState !== 2) {
        try {
          const headers = this.last === undefined ? {} : { "last-event-id": this.last };
          const answer = await fetch(this.url, { headers, signal: this.stop.signal });
          this.status = answer.status;
          if (!answer.ok) break;
          this.readyState = 1;
          this.dispatchEvent(new Event("open"));
          await read(answer, ({ data, id, event }) => {
            this.last = id ?? this.last;
            this.dispatchEvent(new MessageEvent(event || "message", { data, lastEventId: this.last }));
          });
        } catch {}
        if (this.readyState === 2) return;
        this.readyState = 0;
        this.dispatchEvent(new Event("error"));
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
      if (this.readyState === 2) return;
      this.readyState = 2;
      this.dispatchEvent(new Event("error"));
    }
    close() {
      this.readyState = 2;
      this.stop.abort();
    }
  }
  Object.assign(Source, { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
  window.EventSource = Source;

  if (!framed) return;

  /** Who is asked by Escape before the page around: what is open, and what is typed into. */
  const first = "dialog[open], :popover-open, .sidebar.open, :is(input, textarea, select, [contenteditable]):focus";
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.isComposing || document.querySelector(first)) return;
      setTimeout(() => event.defaultPrevented || say({ inlet: "escape" }));
    },
    true,
  );

  /** The colours that the person chose, for what stands around the frame. */
  const root = document.documentElement;
  const tellColours = () => say({ inlet: "colours", scheme: root.dataset.theme || "light dark" });
  new MutationObserver(tellColours).observe(root, { attributeFilter: ["data-theme"] });

  /** Every event of the space, each once, in order; after a reload from where it was left. */
  function tell() {
    const since = { all: "start", now: "", "go-on": kept.event || "" }[own.events] ?? own.events;
    const address = "/v1/events/stream?spaceId=" + space + (since ? "&since=" + since : "");
    const source = new Source(address);
    source.addEventListener("message", ({ data, lastEventId }) => {
      const event = JSON.parse(data);
      if (event.topic === "job:completed") ends.set(event.context.jobId, event);
      if (event.topic === "job:outcome-acknowledged") ends.delete(event.context.jobId);
      say({ flatfileEvent: event });
      kept.event = lastEventId;
    });
    // A space that is gone before its page has shown an outcome shows none.
    source.addEventListener("error", () => {
      const isShown = () => document.querySelector("#outcome[open]");
      if (source.status === 401) setTimeout(() => isShown() || [...ends.keys()].forEach(closed), 2000);
    });
  }
  const words = {
    closeModal: {
      title: "Close the importer?",
      message: "What you have put right so far is kept, and you can go on with it later.",
      primaryButtonText: "Close",
      secondaryButtonText: "Stay",
    },
    errorModal: { title: "Something went wrong" },
  };
  /** The same words in the language of the page, where `language.js` is there. */
  const inWords = (value) =>
    typeof value === "string" ? inletSay(value) : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inWords(inner)]));
  const languages = { en: { host: { modals: words } } };
  if (own.language !== "en") languages[own.language] = { host: { modals: self.inletSay ? inWords(words) : words } };
  say({ localTranslations: languages });
  tellColours();
  tell();
})();
