// Sends a Flatfile listener to your Inlet server. Load it before the listener:
//
//   node --require inlet-redirect index.js
//
// README.md beside this file says what it changes, and why no option of the packages does.

'use strict';

const Module = require('node:module');
const path = require('node:path');

const host = process.env.AGENT_INTERNAL_URL ?? process.env.FLATFILE_API_URL;
if (!host) {
  throw new Error('Set AGENT_INTERNAL_URL to the address of your Inlet server, such as http://127.0.0.1:3000');
}
const { host: origin, protocol } = new URL(host);

/** How long after an answer that silences the package it is told to ask again, in milliseconds. */
const PAUSE = 3_000;

/** Seconds until a poll counts as lost. The server ends each within a minute; the driver would wait for 8 hours. */
const LOST = 90;

/** What the package or its driver already comes back from: lost connections, and tokens that are no longer valid. */
const MENDED = new Set(['PNNetworkIssuesCategory', 'PNAccessDeniedCategory']);

/** The same class, whose objects talk to Inlet and do not give up. */
function redirected(PubNub) {
  return new Proxy(PubNub, {
    construct(target, [options, ...rest], constructor) {
      const settings = { ...options, origin, ssl: protocol === 'https:', subscribeRequestTimeout: LOST };
      const client = Reflect.construct(target, [settings, ...rest], constructor);
      client.addListener({
        status({ error, operation, category }) {
          if (!error || operation !== 'PNSubscribeOperation' || MENDED.has(category)) return;
          setTimeout(() => client.reconnect(), PAUSE);
        },
      });
      return client;
    },
  });
}

// Every copy of the package, as its main file is loaded.
const main = path.join('pubnub', 'lib', 'node', 'index.js');
const load = Module._extensions['.js'];
Module._extensions['.js'] = (module, filename) => {
  load(module, filename);
  if (filename.endsWith(path.sep + main)) module.exports = redirected(module.exports);
};

// An `import` does not pass there, but takes what was loaded before.
try {
  const find = Module.createRequire(path.join(process.cwd(), 'listener.cjs'));
  Module.createRequire(find.resolve('@flatfile/listener-driver-pubsub'))('pubnub');
} catch (error) {
  // Node runs this file for tools such as npm too, where the package is not there.
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
}

// @flatfile/api 1.23.1 sends a header that the fetch of Node.js refuses, so that every call fails.
const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  if (!init?.headers || !Object.hasOwn(init.headers, 'Keep-Alive')) return fetch(input, init);
  const { 'Keep-Alive': refused, ...headers } = init.headers;
  return fetch(input, { ...init, headers });
};
