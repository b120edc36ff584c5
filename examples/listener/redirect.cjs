// Sends a Flatfile listener's subscription to your Inlet server.
//
// The driver of the SDK connects to a host of PubNub's that no option of it can change. Inlet speaks
// the same protocol, so it is enough to give the `pubnub` package another origin. Load this file
// before the listener; nothing in its code or its packages changes:
//
//   NODE_OPTIONS="--require ./redirect.cjs" node index.js

'use strict';

const Module = require('node:module');
const path = require('node:path');

const host = process.env.AGENT_INTERNAL_URL ?? process.env.FLATFILE_API_URL;
if (!host) {
  throw new Error('Set AGENT_INTERNAL_URL to the address of your Inlet server, such as http://127.0.0.1:3000');
}
const { host: origin, protocol } = new URL(host);

/** The same class, whose objects talk to Inlet. */
function redirected(PubNub) {
  return new Proxy(PubNub, {
    construct: (target, [options, ...rest], constructor) =>
      Reflect.construct(target, [{ ...options, origin, ssl: protocol === 'https:' }, ...rest], constructor),
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
