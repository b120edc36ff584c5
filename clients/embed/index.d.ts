// Types of `window.Inlet`, which a server of yours gives at `/embed.js`.

/** A value of a cell, as the API has it. */
export type CellValue = string | number | boolean | string[] | null;

/** A record by the keys of its fields. */
export interface ImportedRecord {
  id: string;
  values: Record<string, CellValue>;
}

/** One sheet of a submission. */
export interface SubmittedSheet {
  id: string;
  slug: string;
  name: string;
  /** All records, a thousand at a time; with `"valid"` or `"error"` only those. */
  pages(filter?: 'valid' | 'error'): AsyncGenerator<ImportedRecord[]>;
  records(): Promise<ImportedRecord[]>;
  valid(): Promise<ImportedRecord[]>;
  invalid(): Promise<ImportedRecord[]>;
}

/** What a person handed in. */
export interface Submission {
  sheets: SubmittedSheet[];
  /** The event that told of it. */
  event: InletEvent;
  /** Tells the person how far it is, from 0 to 100. */
  progress(percent: number, info?: string): Promise<unknown>;
}

/** How a submission ended, in the words of the API; all members may be left out. */
export interface Outcome {
  acknowledge?: boolean;
  heading?: string;
  message?: string;
  buttonText?: string;
  next?: object;
}

/** What `onRecord` says of a record; what is left out stays as it is. */
export interface RecordChange {
  values?: Record<string, CellValue>;
  errors?: Record<string, string>;
  warnings?: Record<string, string>;
  infos?: Record<string, string>;
}

/** Something that happened in the space, as `GET /v1/events` has it. */
export interface InletEvent {
  id: string;
  topic: string;
  domain: string;
  context: Record<string, unknown>;
  payload: Record<string, unknown>;
  dataUrl?: string;
  createdAt: string;
}

/** A sheet, or a workbook of several, as `POST /v1/workbooks` takes it. */
export type Blueprint = { name: string; slug?: string; fields: object[] } | { name?: string; sheets: object[]; actions?: object[] };

export interface Options {
  /** Where Inlet is; the server that the script came from when absent. */
  url?: string;
  /** Makes a new space. Either this or `space`. */
  publishableKey?: string;
  /** Opens a space that your own program has made. `onSubmit` needs an action in it whose operation is `simpleSubmitAction`. */
  space?: { id: string; accessToken: string };
  /** What is imported. Without it a listener of yours sets up the space when it hears `space:configure`. */
  blueprint?: Blueprint;
  /** A page of text that the space has, too. */
  document?: { title: string; body: string };
  /** What the space is called. */
  name?: string;
  namespace?: string;
  labels?: string[];
  environmentId?: string;
  metadata?: object;
  theme?: object;
  sidebar?: { showSidebar?: boolean; defaultPage?: object };
  userInfo?: { userId?: string; name?: string; companyId?: string; companyName?: string };
  /** The person by the name that your program has for them: they are the same guest each time. */
  externalActorId?: string;
  /** The language of the pages and of what is around them, such as `de`; otherwise that of the browser. */
  language?: string;
  /** The address of your own words for what the blueprint names, such as `https://www.example.com/locales/en/translation.json`. */
  translations?: string;
  /** Over the page, or within `mount`, as high as that is; 480 pixels where it has no height. */
  mode?: 'modal' | 'inline';
  mount?: HTMLElement | string;
  /** What stands over the importer, and what a screen reader calls it; `name` when absent, else “Import”. */
  title?: string;
  /**
   * Goes on with what was closed before it was handed in; yes unless you say `false`. What makes the space has to be the same:
   * another blueprint, document, language, theme, person or `metadata` begins anew, and has a draft of its own.
   */
  resume?: boolean;
  /** Closes once the person has seen that it is done, or at once with `acknowledge: false`; yes unless you say `false`. */
  closeOnSubmit?: boolean;
  /**
   * Is given what a person hands in, even if they close the importer meanwhile. What it gives back is the outcome; the message of
   * what it throws is what the person reads. If the page itself goes away meanwhile, the submission fails when the draft is
   * opened again, and the person may press Submit once more: know a `spaceId` that you have seen before (`event.context`).
   */
  onSubmit?(submission: Submission): Promise<Outcome | void> | Outcome | void;
  /** Is given each record that is new or was changed. What it throws is told to `onError`, and the other records are written. */
  onRecord?(record: ImportedRecord, of: { sheet: string }): Promise<RecordChange | void> | RecordChange | void;
  /** Is told everything that happens in the space. */
  onEvent?(event: InletEvent): void;
  onClose?(closed: { reason: 'closed' | 'submitted' | 'failed' }): void;
  /** Is told what went wrong between your page and the server, or in `onRecord`. The console is, too. */
  onError?(error: unknown): void;
}

/** An importer that is open. */
export interface Importer {
  space: { id: string; accessToken: string };
  frame: HTMLIFrameElement;
  close(): void;
}

export interface Inlet {
  /** Opens the importer. Resolves when its space is there; rejects with an error whose message says what is wrong. */
  open(options: Options): Promise<Importer>;
  InletError: ErrorConstructor;
}

/** Loads `embed.js` from a server of yours, once unless that failed; gives its `Inlet`. */
export function load(server: string): Promise<Inlet>;

declare global {
  interface Window {
    Inlet: Inlet;
  }
}
