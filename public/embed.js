// Inlet's importer in a page of yours: `Inlet.open({ publishableKey, blueprint, onSubmit })`.
//
// The importer is a frame; its token goes to it by a message to its own origin and stands in no address. What happens in
// the space comes back as messages: records are given to `onRecord`, a submission to `onSubmit`. Types and all options
// are in `clients/embed/index.d.ts`.
(() => {
  "use strict";
  const script = document.currentScript;
  const SUBMIT = "simpleSubmitAction";
  const PAGE = 1000;
  const PER_COMMIT = 10000;

  /** A failure that says what the server said. */
  class InletError extends Error {}

  /** A caller of the API with a token; gives the member `data`. */
  const caller = (url, token) => async (method, path, body) => {
    const headers = { authorization: "Bearer " + token };
    if (body !== undefined) headers["content-type"] = "application/json";
    return answered(await fetch(url + path, { method, headers, body: body === undefined ? body : JSON.stringify(body) }));
  };
  async function answered(response) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer.data;
    const [problem] = answer.errors || [];
    throw new InletError(problem ? problem.message : "Inlet answered " + response.status);
  }

  /** The last space that was opened so, to go on with; a browser without storage begins anew each time. */
  const draft = (name) => ({
    read: () => {
      try {
        return JSON.parse(localStorage.getItem(name));
      } catch {}
    },
    write: (space) => {
      try {
        if (space) localStorage.setItem(name, JSON.stringify(space));
        else localStorage.removeItem(name);
      } catch {}
    },
  });

  const workbookOf = ({ blueprint, name, onSubmit }) => {
    if (!blueprint) return undefined;
    const workbook = blueprint.sheets ? { ...blueprint } : { sheets: [blueprint] };
    workbook.name ||= name || workbook.sheets[0].name;
    const submit = { operation: SUBMIT, mode: "foreground", label: "Submit", primary: true };
    if (onSubmit && !(workbook.actions || []).some(({ operation }) => operation === SUBMIT))
      workbook.actions = [...(workbook.actions || []), submit];
    return workbook;
  };

  /** A new space, made with the publishable key. */
  async function begun(url, options) {
    const { publishableKey, name, namespace, labels, environmentId, metadata, theme, sidebar, userInfo, language, translations } = options;
    const workbook = workbookOf(options);
    const space = {
      name: name || (workbook && workbook.name) || "Import",
      autoConfigure: !workbook,
      labels: ["embedded", ...(labels || [])],
      namespace,
      environmentId,
      languageOverride: language,
      translationsPath: translations,
      metadata: { ...metadata, theme, userInfo, sidebarConfig: { showSidebar: false, ...sidebar } },
    };
    const body = JSON.stringify({ space, workbook, document: options.document, externalActorId: options.externalActorId });
    const address = url + "/v1/internal/spaces/init?publishableKey=" + encodeURIComponent(publishableKey);
    const made = await answered(await fetch(address, { method: "POST", headers: { "content-type": "text/plain" }, body }));
    return made.space;
  }

  /** The space to open, and whether it is one from before. */
  async function found(url, options, kept) {
    for (const known of [options.space, !options.space && kept.read()]) {
      if (!known) continue;
      try {
        return [await caller(url, known.accessToken)("GET", "/v1/spaces/" + known.id), true];
      } catch (problem) {
        if (known === options.space) throw problem;
      }
    }
    return [await begun(url, options), false];
  }

  /** The records of a sheet, as plain objects of values. */
  function sheetOf(call, sheet) {
    async function* pages(filter) {
      for (let page = 1; ; page++) {
        const query = "?pageSize=" + PAGE + "&pageNumber=" + page + (filter ? "&filter=" + filter : "");
        const { records } = await call("GET", "/v1/sheets/" + sheet.id + "/records" + query);
        if (records.length) yield records.map(plain);
        if (records.length < PAGE) return;
      }
    }
    const all = async (filter) => {
      const found = [];
      for await (const records of pages(filter)) found.push(...records);
      return found;
    };
    return { id: sheet.id, slug: sheet.slug, name: sheet.name, pages, records: () => all(), valid: () => all("valid"), invalid: () => all("error") };
  }
  const plain = ({ id, values }) => ({
    id,
    values: Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value])),
  });

  /** Gives each record of a commit to `onRecord`, and writes what it says back in one request. */
  async function hooked(call, event, onRecord) {
    const { records } = await call("GET", event.dataUrl + "&pageSize=" + PER_COMMIT);
    const changed = [];
    for (const record of records) {
      const said = await onRecord(plain(record), { sheet: event.context.sheetSlug });
      if (!said) continue;
      const cells = {};
      const cell = (key) => (cells[key] ||= { value: record.values[key] && record.values[key].value, messages: [] });
      for (const [key, value] of Object.entries(said.values || {})) cell(key).value = value;
      for (const [type, messages] of [["error", said.errors], ["warn", said.warnings], ["info", said.infos]])
        for (const [key, message] of Object.entries(messages || {})) cell(key).messages.push({ type, message });
      changed.push({ id: record.id, values: cells });
    }
    if (changed.length) await call("PUT", event.dataUrl, changed);
    else if (event.payload.trackChanges) await call("POST", "/v1/commits/" + event.context.commitId + "/complete");
  }

  /** Works on a submission: what `onSubmit` says ends its job, and so does what it throws. */
  async function submitted(call, event, onSubmit) {
    const job = "/v1/jobs/" + event.context.jobId;
    try {
      await call("POST", job + "/ack", { info: "Starting", progress: 1 });
      const sheets = await call("GET", "/v1/sheets?workbookId=" + event.context.workbookId);
      const progress = (percent, info) => call("POST", job + "/ack", { progress: percent, info });
      const said = await onSubmit({ sheets: sheets.map((sheet) => sheetOf(call, sheet)), event, progress });
      const outcome = { acknowledge: true, message: "Your data has been submitted.", ...said };
      await call("POST", job + "/complete", { outcome });
    } catch (problem) {
      const message = String((problem && problem.message) || problem);
      await call("POST", job + "/fail", { outcome: { acknowledge: true, message } }).catch(() => {});
    }
  }

  const LOOK = `
    :host { all: initial }
    iframe { display: block; width: 100%; height: 100%; border: 0; background: Canvas }
    dialog { width: min(96vw, 1400px); height: min(94vh, 1000px); max-width: none; max-height: none; padding: 0; overflow: hidden;
      border: 0; border-radius: 12px; box-shadow: 0 16px 48px rgb(0 0 0 / .3); background: Canvas }
    dialog::backdrop { background: rgb(10 16 18 / .5) }
    dialog[open] { display: flex; flex-direction: column }
    /* Before the frame, and after it for who goes by the keyboard. */
    div { order: -1; display: flex; justify-content: space-between; align-items: center; padding: 3px 8px 3px 16px;
      font: 600 14px system-ui; color: CanvasText }
    button { width: 30px; height: 30px; border: 0; border-radius: 6px; font: 20px/1 system-ui; cursor: pointer; background: none; color: inherit }
    button:hover { background: color-mix(in srgb, CanvasText 12%, Canvas) }
    button:focus-visible { outline: 2px solid Highlight }
    @media (max-width: 600px) { dialog { width: 100vw; height: 100dvh; border-radius: 0 } }`;

  /** The frame in the page, in a tree of its own so that no style crosses. */
  function placed({ mode, mount, title }, asked) {
    const holder = document.createElement("inlet-importer");
    const root = holder.attachShadow({ mode: "open" });
    const look = new CSSStyleSheet();
    look.replaceSync(LOOK);
    root.adoptedStyleSheets = [look];
    const frame = document.createElement("iframe");
    frame.title = title;
    frame.allow = "clipboard-read; clipboard-write";
    const around = typeof mount === "string" ? document.querySelector(mount) : mount;
    if (mode === "inline") {
      if (!around) throw new InletError("mount: there is no such element in the page");
      Object.assign(holder.style, { display: "block", height: "100%" });
      root.append(frame);
      around.append(holder);
      return { holder, frame };
    }
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", title);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", "Close");
    button.addEventListener("click", () => asked("closed"));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      asked("closed");
    });
    const bar = document.createElement("div");
    bar.append(title, button);
    dialog.append(frame, bar);
    root.append(dialog);
    (around || document.body).append(holder);
    dialog.showModal();
    return { holder, frame, dialog };
  }

  /** Opens the importer. Resolves when its space is there; rejects with what is wrong. */
  async function open(options) {
    const url = new URL(options.url || script.src, location.href).origin;
    if (!options.publishableKey && !options.space) throw new InletError("say `publishableKey`, or `space` with its id and accessToken");
    const place = ["inlet", url, options.publishableKey, options.namespace, options.name, options.externalActorId].join(" ");
    const kept = options.resume === false || options.space ? { read() {}, write() {} } : draft(place);
    const shown = placed({ mode: options.mode, mount: options.mount, title: options.title || options.name || "Import" }, (why) => close(why));
    let isOpen = true;
    let tell = () => {};

    function close(reason) {
      if (!isOpen) return;
      isOpen = false;
      removeEventListener("message", hear);
      if (shown.dialog) shown.dialog.close();
      shown.holder.remove();
      if (options.onClose) options.onClose({ reason });
    }

    let space, isKnown;
    const greet = () => {
      const address = "/space/" + space.id + "?replayEvents=" + !isKnown;
      shown.frame.contentWindow.postMessage({ inlet: "open", address, token: space.accessToken }, url);
    };
    let isReady = false;
    function hear({ source, origin, data }) {
      if (source !== shown.frame.contentWindow || origin !== url || !data) return;
      if (data.inlet === "ready") {
        isReady = true;
        if (space) greet();
      } else if (data.flatfileEvent) tell(data.flatfileEvent);
    }
    addEventListener("message", hear);
    shown.frame.src = url + "/embed";

    try {
      [space, isKnown] = await found(url, options, kept);
    } catch (problem) {
      close("failed");
      throw problem;
    }
    kept.write({ id: space.id, accessToken: space.accessToken });
    const call = caller(url, space.accessToken);
    // One after the other: what is said of a commit is written before the next is looked at.
    let work = Promise.resolve();
    const after = (act) => (work = work.then(act).catch((problem) => options.onError && options.onError(problem)));
    tell = (event) => {
      if (options.onEvent) options.onEvent(event);
      const { topic, payload } = event;
      if (topic === "commit:created" && options.onRecord) after(() => hooked(call, event, options.onRecord));
      const isOurs = payload && payload.operation === SUBMIT;
      if (topic === "job:ready" && isOurs && options.onSubmit) after(() => submitted(call, event, options.onSubmit));
      if (topic === "job:completed" && isOurs) kept.write();
      if (topic === "job:outcome-acknowledged" && isOurs && payload.status === "complete" && options.closeOnSubmit !== false) close("submitted");
    };
    if (isReady && isOpen) greet();
    return { space, frame: shown.frame, close: () => close("closed") };
  }

  window.Inlet = { open, InletError };
})();
