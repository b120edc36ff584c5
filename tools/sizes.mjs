// sizes.mjs BINARY [PATH]: what a first visit to a page costs over the wire, compressed, and what each part of
// it costs that comes when it is first opened. Fails above the budgets.
import { fetchRaw, serve } from './serve.mjs';

const kilobyte = 1000;
const pageBudget = 350 * kilobyte;
// What it costs now is above the budget. It may shrink, and never grow, until it fits.
const pageCeiling = 425 * kilobyte;
const fontBudget = 60 * kilobyte;

const [binary, path = '/'] = process.argv.slice(2);
const server = await serve(binary);
try {
  const fetched = [];
  const get = async (address) => {
    const answer = await fetchRaw(server.url + address);
    if (answer.status !== 200) throw new Error(`${address} was answered with ${answer.status}`);
    fetched.push({ address, size: answer.bytes.length, coding: answer.headers['content-encoding'] ?? '-' });
    return answer;
  };
  const html = await (await fetch(server.url + path, { headers: { accept: 'text/html' } })).text();
  await get(path);
  const linked = [...html.matchAll(/<link\b[^>]*\bhref="([^"]+)"[^>]*>/g)].map((link) => link[1]);
  for (const address of new Set(linked)) await get(address);

  const isFont = ({ address }) => address.startsWith('/fonts/');
  const sum = (list) => list.reduce((total, { size }) => total + size, 0);
  const page = sum(fetched.filter((file) => !isFont(file)));
  const fonts = sum(fetched.filter(isFont));
  const line = (name, coding, size) => console.log(`${name.padEnd(34)} ${coding.padEnd(6)} ${String(size).padStart(8)}`);
  for (const { address, coding, size } of fetched) line(address, coding, size);
  line(`page, of ${pageBudget}${page > pageBudget ? ', SHORT' : ''}`, '', page);
  line(`fonts, of ${fontBudget}`, '', fonts);
  const script = await (await fetch(server.url + '/pkg/inlet.js')).text();
  for (const [, part] of script.matchAll(/"\.\/(later_\w+\.wasm)"/g)) {
    const { bytes, headers } = await fetchRaw(`${server.url}/pkg/${part}`);
    line(`later: ${part.replace(/^later_[0-9a-f]+_(split_)?/, '')}`, headers['content-encoding'] ?? '-', bytes.length);
  }
  for (const kind of ['.css', '.js', '.wasm']) {
    if (!fetched.some(({ address }) => address.endsWith(kind))) throw new Error(`the page links no ${kind}`);
  }
  if (page > pageCeiling || fonts > fontBudget) {
    console.error('error: the first visit is over its budget. See what grew, and take it out or load it later.');
    process.exitCode = 1;
  }
} finally {
  await server.stop();
}
