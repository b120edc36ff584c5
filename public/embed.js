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

  /** What stands around the frame: the title, the cross, and what is there before the frame is. */
  const WORDS = {
    en: ["Import", "Close", "Loading…"],
    de: ["Importieren", "Schließen", "Wird geladen …"],
    es: ["Importar", "Cerrar", "Cargando…"],
    fr: ["Importer", "Fermer", "Chargement…"],
    it: ["Importa", "Chiudi", "Caricamento…"],
    ja: ["インポート", "閉じる", "読み込み中…"],
    nl: ["Importeren", "Sluiten", "Laden…"],
    pt: ["Importar", "Fechar", "Carregando…"],
    zh: ["导入", "关闭", "正在加载…"],
  };
  /** A failure that says what is wrong. */
  class InletError extends Error {
    name = "InletError";
  }

  /** What the server answers; its refusals say what it said. */
  async function answered(url, path, init) {
    const response = await fetch(url + path, init).catch(() => {
      throw new InletError(url + " does not answer: does it run, and is this its address?");
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer.data;
    const refusal = new InletError(answer.errors?.[0].message || url + " answered " + response.status);
    throw Object.assign(refusal, { status: response.status });
  }
  /** A caller of the API with a token; gives the member `data`. */
  const caller = (url, token) => (method, path, body) => {
    const headers = { authorization: "Bearer " + token };
    if (body !== undefined) headers["content-type"] = "application/json";
    return answered(url, path, { method, headers, body: JSON.stringify(body) });
  };

  /** A browser may refuse its storage, or have no place left. */
  const ifAllowed = (act) => {
    try {
      return act();
    } catch {}
  };
  const storage = ifAllowed(() => localStorage);
  /** Does something while no other tab that goes on with the same space does. */
  const alone = (space, act) => (storage && navigator.locks ? navigator.locks.request("inlet " + space, act) : act());

  /** The last space that was opened so, to go on with; a browser without storage begins anew each time. */
  const draft = (name) => ({
    read: () => ifAllowed(() => JSON.parse(storage.getItem(name))),
    write: (space) => ifAllowed(() => (space ? storage.setItem(name, JSON.stringify(space)) : storage.removeItem(name))),
  });
  /** A short name for a text. */
  function fingerprint(text) {
    let hash = 0x811c9dc5;
    for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
    return (hash >>> 0).toString(36);
  }

  const isSubmission = ({ operation }) => operation === SUBMIT;

  const workbookOf = ({ blueprint, name, onSubmit }) => {
    if (!blueprint) return;
    const sheets = blueprint.sheets || [blueprint];
    const isBare = ({ fields, allowAdditionalFields }) => !allowAdditionalFields && !fields?.length;
    if (!sheets.length || sheets.some(isBare)) {
      const { name } = sheets.find(isBare) || {};
      const wrong = name ? `the sheet “${name}” has no fields` : "there is no sheet";
      throw new InletError(`blueprint: ${wrong}; give a sheet, \`{ name, fields: […] }\`, or a workbook, \`{ sheets: […] }\``);
    }
    const workbook = blueprint.sheets ? { ...blueprint } : { sheets: [blueprint] };
    workbook.name ||= name || workbook.sheets[0].name;
    const submit = { operation: SUBMIT, mode: "foreground", label: "Submit", primary: true };
    const actions = workbook.actions || [];
    if (onSubmit && !actions.some(isSubmission)) workbook.actions = [...actions, submit];
    return workbook;
  };

  /** What is asked for a new space. */
  function wanted(options) {
    const { name, namespace, labels, environmentId, metadata, theme, sidebar, userInfo, language, translations } = options;
    const workbook = workbookOf(options);
    const space = {
      name: name || workbook?.name || "Import",
      autoConfigure: !workbook,
      labels: ["embedded", ...(labels || [])],
      namespace,
      environmentId,
      languageOverride: language,
      translationsPath: translations,
      metadata: { ...metadata, theme, userInfo, sidebarConfig: { showSidebar: false, ...sidebar } },
    };
    return JSON.stringify({ space, workbook, document: options.document, externalActorId: options.externalActorId });
  }
  /** A new space, made with the publishable key. */
  async function begun(url, key, body) {
    const address = "/v1/internal/spaces/init?publishableKey=" + encodeURIComponent(key);
    return (await answered(url, address, { method: "POST", headers: { "content-type": "text/plain" }, body })).space;
  }

  const spaceOf = (call, id) => call("GET", "/v1/spaces/" + id);

  /** The space of a draft, unless it is gone or was handed in, which nobody here may have seen. */
  async function resumed(url, { id, accessToken }) {
    const call = caller(url, accessToken);
    try {
      const space = await spaceOf(call, id);
      const jobs = await call("GET", "/v1/jobs?spaceId=" + id);
      if (!jobs.some((job) => isSubmission(job) && job.status === "complete")) return space;
    } catch (problem) {
      if (![401, 403, 404].includes(problem.status)) throw problem;
    }
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

  /** The cells that `onRecord` speaks of; a field that is not there is a problem, and the others hold. */
  function cellsOf(record, said, problem) {
    const cells = {};
    for (const [member, type] of [["values"], ["errors", "error"], ["warnings", "warn"], ["infos", "info"]])
      for (const [key, word] of Object.entries(said[member] || {})) {
        const before = record.values[key];
        if (!before) {
          problem(`there is no field “${key}”`);
          continue;
        }
        const cell = (cells[key] ||= { value: before.value, messages: [] });
        if (type) cell.messages.push({ type, message: word });
        else cell.value = word;
      }
    return cells;
  }

  /** Gives each record of a commit to `onRecord`, and writes what it says back in one request. */
  async function hooked(call, event, onRecord, trouble) {
    const { sheetSlug: sheet, commitId } = event.context;
    const problem = (id, message, cause) => trouble(new InletError(`onRecord, record ${id} of “${sheet}”: ${message}`, { cause }));
    const { records } = await call("GET", event.dataUrl + "&pageSize=" + PER_COMMIT);
    const changed = [];
    for (const record of records) {
      const { id } = record;
      try {
        const values = cellsOf(record, (await onRecord(plain(record), { sheet })) || {}, (message) => problem(id, message));
        if (Object.keys(values).length) changed.push({ id, values });
      } catch (thrown) {
        problem(id, sentence(thrown, "it threw"), thrown);
      }
    }
    // A sheet into which a file is imported takes nothing yet. Another refusal names the place of the record whose values are
    // none; the others are written.
    for (let refused = 0; changed.length; refused++)
      try {
        return await call("PUT", event.dataUrl, changed);
      } catch (refusal) {
        const [, place, why] = /^\[(\d+)\]: (.*)/.exec(refusal.message) || [];
        if (refused === 100) throw refusal;
        if (refusal.status === 409) await new Promise((resolve) => setTimeout(resolve, 500));
        else if (changed[place]) problem(changed.splice(place, 1)[0].id, why);
        else throw refusal;
      }
    if (event.payload.trackChanges) await call("POST", "/v1/commits/" + commitId + "/complete");
  }

  /** What was thrown, as far as it is words. */
  const sentence = (thrown, otherwise) => [thrown?.message, thrown].find((text) => text && typeof text === "string") || otherwise;

  /** Works on a submission, which `note` remembers: what `onSubmit` says ends its job, and so does what it throws. */
  async function submitted(call, event, onSubmit, note) {
    const job = "/v1/jobs/" + event.context.jobId;
    // Another tab may have worked on it.
    if ((await call("GET", job)).status !== "ready") return;
    note(job);
    let outcome;
    try {
      await call("POST", job + "/ack", { info: "Starting" });
      const sheets = await call("GET", "/v1/sheets?workbookId=" + event.context.workbookId);
      const progress = (percent, info) => call("POST", job + "/ack", { progress: percent, info });
      const said = await onSubmit({ sheets: sheets.map((sheet) => sheetOf(call, sheet)), event, progress });
      outcome = { acknowledge: true, message: "Your data has been submitted.", ...said };
      await call("POST", job + "/complete", { outcome });
    } catch (thrown) {
      outcome = { acknowledge: true, message: sentence(thrown, "Your data could not be submitted.") };
      await call("POST", job + "/fail", { outcome });
    }
    note();
    return outcome;
  }

  /** A space of the page's own may have no action that `onSubmit` would hear of. */
  async function warnOfSilence(call, space) {
    const workbooks = JSON.stringify(await call("GET", "/v1/workbooks?spaceId=" + space));
    if (workbooks !== "[]" && !workbooks.includes(`"operation":"${SUBMIT}"`))
      console.warn(`Inlet: onSubmit is never called: no action of the space has the operation ${SUBMIT}`);
  }

  /** A submission that was being worked on when its page went away: how far that came, nobody knows. */
  async function left(call, job) {
    const message =
      "The page was left while your data was being submitted. It is not known whether all of it arrived; press Submit to send it again.";
    const { status } = await call("GET", job);
    if (status === "executing") await call("POST", job + "/fail", { outcome: { acknowledge: true, message } });
  }

  const LOOK = `
    :host { all: initial; color-scheme: light dark; position: relative; font: 14px system-ui; color: CanvasText }
    :host(.inline) { display: block; height: 100% }
    /* In an element without a height it has one of its own. */
    iframe { display: block; width: 100%; height: 100%; min-height: 0; border: 0; background: Canvas;
      contain: size; contain-intrinsic-height: 480px }
    p { position: absolute; inset: 0; margin: auto; height: 2em; text-align: center }
    dialog { width: min(96vw, 1400px); height: min(94vh, 1000px); max-width: none; max-height: none; padding: 0; overflow: hidden;
      border: 0; border-radius: 12px; box-shadow: 0 16px 48px rgb(0 0 0 / .3); background: Canvas }
    dialog::backdrop { background: rgb(10 16 18 / .5) }
    dialog[open] { display: flex; flex-direction: column }
    /* Before the frame, and after it for who goes by the keyboard. */
    div { order: -1; display: flex; justify-content: space-between; align-items: center; padding: 3px 8px 3px 16px; font-weight: 600 }
    button { width: 30px; height: 30px; border: 0; border-radius: 6px; font: 20px/1 system-ui; cursor: pointer; background: none; color: inherit }
    button:hover { background: color-mix(in srgb, CanvasText 12%, Canvas) }
    button:focus-visible { outline: 2px solid Highlight }
    @media (max-width: 600px) { dialog { width: 100vw; height: 100dvh; border-radius: 0 } }`;

  /** The frame in the page, in a tree of its own so that no style crosses. */
  function placed({ mode, mount, title, name, language }, asked) {
    const tags = [language, ...navigator.languages].map((tag) => String(tag).split("-")[0]);
    const [importing, closing, loading] = WORDS[tags.find((tag) => WORDS[tag])] || WORDS.en;
    const label = title || name || importing;
    const holder = document.createElement("inlet-importer");
    const frame = document.createElement("iframe");
    frame.title = label;
    frame.name = "inlet";
    frame.allow = "clipboard-read; clipboard-write";
    const waiting = document.createElement("p");
    waiting.setAttribute("role", "status");
    waiting.append(loading);
    const root = holder.attachShadow({ mode: "open" });
    const look = new CSSStyleSheet();
    look.replaceSync(LOOK);
    root.adoptedStyleSheets = [look];
    const around = typeof mount === "string" ? document.querySelector(mount) : mount;
    if (mode === "inline") {
      if (!around) throw new InletError("mount: there is no such element in the page");
      holder.className = "inline";
      root.append(frame, waiting);
      around.append(holder);
      return { holder, frame, waiting };
    }
    const button = document.createElement("button");
    button.setAttribute("aria-label", closing);
    button.append("×");
    const bar = document.createElement("div");
    bar.append(label, button);
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-label", label);
    dialog.append(frame, bar, waiting);
    button.addEventListener("click", () => asked("closed"));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      asked("closed");
    });
    root.append(dialog);
    (around || document.body).append(holder);
    dialog.showModal();
    return { holder, frame, waiting, dialog };
  }

  /** What this page does for a space, however often it is opened: the work, and which events were heard. */
  const spaces = {};

  /** Works on what happens in a space, after what its draft says of `before`. Gives what hears of an event. */
  function worker({ call, id, kept, before, options, page, close }) {
    const own = (spaces[id] ||= { heard: new Set(), work: Promise.resolve() });
    own.submitted = () => options.closeOnSubmit === false || close("submitted");
    /** Remembers something in the draft, while it is one. */
    const note = (news) => {
      const now = kept.read();
      if (now?.id === id) kept.write({ ...now, ...news });
    };
    const trouble = (problem) => {
      console.error("Inlet:", problem);
      page("onError", problem);
    };
    // One after the other: what is said of a commit is written before the next is looked at, also when the importer is closed.
    // What did not reach the server is not behind us: another page that opens the draft is told of it again.
    const after = (act, event) => {
      const attempt = async () => {
        if (act) await alone(id, act);
        if (event && !own.isBehind) note({ event });
      };
      own.work = own.work.then(attempt).catch((problem) => {
        own.isBehind ||= !(problem.status < 500);
        trouble(problem);
      });
    };
    const toDo = (event) => {
      if (event.topic === "commit:created" && options.onRecord) return () => hooked(call, event, options.onRecord, trouble);
      if (event.topic !== "job:ready" || !isSubmission(event.payload) || !options.onSubmit) return;
      return async () => {
        const outcome = await submitted(call, event, options.onSubmit, (job) => note({ job }));
        if (outcome?.acknowledge === false) own.submitted();
      };
    };
    if (before?.job) after(() => left(call, before.job).finally(() => note({ job: undefined })));
    if (options.space && options.onSubmit) after(() => warnOfSilence(call, id));

    return (event) => {
      page("onEvent", event);
      if (!own.heard.has(event.id)) after(toDo(event), event.id);
      own.heard.add(event.id);
      const { topic, payload } = event;
      if (payload?.status !== "complete" || !isSubmission(payload)) return;
      if (topic === "job:completed" && !options.space) kept.write();
      if (topic === "job:outcome-acknowledged") {
        note({ event: event.id });
        own.submitted();
      }
    };
  }

  /** Opens the importer. Resolves when its space is there; rejects with what is wrong. */
  async function open(options) {
    const { publishableKey, space: given } = options;
    const from = options.url || script?.src;
    if (!from) throw new InletError("say `url`, the address of your Inlet");
    if (!publishableKey && !given) throw new InletError("say `publishableKey`, or `space` with its id and accessToken");
    const url = new URL(from, location.href).origin;
    const body = given ? "" : wanted(options);
    const place = ["inlet", url, given ? given.id : publishableKey, fingerprint(body)].join(" ");
    const kept = options.resume === false ? { read() {}, write() {} } : draft(place);
    const shown = placed(options, (why) => close(why));
    const { frame, waiting } = shown;
    let isOpen = true;
    let isReady = false;
    let space, before;
    let tell = () => {};

    /** Tells the page; what it throws stops nothing here. */
    const page = (handler, said) => {
      try {
        options[handler]?.(said);
      } catch (problem) {
        console.error("Inlet: " + handler, problem);
      }
    };
    function close(reason) {
      if (!isOpen) return;
      isOpen = false;
      removeEventListener("message", hear);
      shown.dialog?.close();
      shown.holder.remove();
      page("onClose", { reason });
    }
    const greet = () => {
      if (!space || !isReady || !isOpen) return;
      const address = "/space/" + space.id + "?replayEvents=" + (!before || before.event || false);
      frame.contentWindow.postMessage({ inlet: "open", address, token: space.accessToken }, url);
    };
    function hear({ source, origin, data }) {
      if (source !== frame.contentWindow || origin !== url || !data) return;
      if (data.inlet === "ready") {
        isReady = true;
        return greet();
      }
      waiting.remove();
      if (data.scheme) shown.holder.style.colorScheme = data.scheme;
      if (data.inlet === "escape" && shown.dialog) close("closed");
      if (data.flatfileEvent) tell(data.flatfileEvent);
    }
    addEventListener("message", hear);
    frame.src = url + "/embed";

    try {
      before = kept.read();
      space = given ? await spaceOf(caller(url, given.accessToken), given.id) : before && (await resumed(url, before));
      before = space && (before || {});
      space ||= await begun(url, publishableKey, body);
    } catch (problem) {
      close("failed");
      throw problem;
    }
    const { id, accessToken } = space;
    kept.write({ ...before, id, accessToken: given ? undefined : accessToken });
    tell = worker({ call: caller(url, accessToken), id, kept, before, options, page, close });
    greet();
    return { space, frame, close: () => close("closed") };
  }

  window.Inlet = { open, InletError };
})();
