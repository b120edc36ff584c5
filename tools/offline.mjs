// offline.mjs BINARY: fetches the page and everything it links, and looks at what came.
import { fetchRaw, serve } from './serve.mjs';

const server = await serve(process.argv[2]);
try {
  const html = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text();
  const linked = new Set([...html.matchAll(/<link\b[^>]*\bhref="([^"]+)"/g)].map((link) => link[1]));
  let wasm = false;
  for (const address of linked) {
    if (!address.startsWith('/')) throw new Error(`the page links ${address}, which is not on this server`);
    const plain = await fetchRaw(server.url + address, { 'accept-encoding': 'identity' });
    if (plain.status !== 200 || plain.bytes.length === 0) throw new Error(`${address} was answered with ${plain.status}`);
    if (address.endsWith('.wasm')) wasm = plain.bytes.subarray(0, 4).toString('latin1') === '\0asm';
    console.log(`${address} ${plain.headers['content-type']} ${plain.bytes.length}`);
  }
  if (!wasm) throw new Error('no WebAssembly came');
} finally {
  await server.stop();
}
