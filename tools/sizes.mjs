// sizes.mjs BINARY: what the first visit to a page costs over the wire, compressed, with the parts that it needs
// before it works; what each part costs that comes when it is opened; and what the loader costs that other sites put
// into their pages. Fails above the budgets.
import { fetchRaw, serve } from './serve.mjs';

const kilobyte = 1000;
const pageBudget = 350 * kilobyte;
const fontBudget = 60 * kilobyte;
const loaderBudget = 5 * kilobyte;

const [binary] = process.argv.slice(2);
const server = await serve(binary);
const line = (name, size) => console.log(`${name.padEnd(44)} ${String(size).padStart(8)}`);
const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);

const known = new Map();
/** The bytes of a file as it is sent. */
async function size(address) {
  if (!known.has(address)) {
    const { status, bytes } = await fetchRaw(server.url + address);
    if (status !== 200) throw new Error(`${address} was answered with ${status}`);
    known.set(address, bytes.length);
  }
  return known.get(address);
}

/** The files of each part: its own module, and its pack of what it shares with others. */
function partsOf(script) {
  const [prefix] = script.match(/later_\w{16}_/);
  const names = [...script.matchAll(/= part\("(\w+)"\)/g)].map(([, name]) => name);
  return new Map(names.map((name) => [name, ['wasm', 'pack'].map((ending) => `/pkg/${prefix}${name}.${ending}`)]));
}

async function visit(path, parts, needed) {
  const html = await (await fetch(server.url + path, { headers: { accept: 'text/html' } })).text();
  const linked = [...html.matchAll(/<link\b[^>]*\bhref="([^"]+)"[^>]*>/g)].map((link) => link[1]);
  for (const kind of ['.css', '.js', '.wasm']) {
    if (!linked.some((address) => address.endsWith(kind))) throw new Error(`${path} links no ${kind}`);
  }
  const files = new Set([path, ...linked, ...needed.flatMap((part) => parts.get(part))]);
  const isFont = (address) => address.startsWith('/fonts/');
  const pages = [...files].filter((address) => !isFont(address));
  const page = sum(await Promise.all(pages.map(size)));
  const fonts = sum(await Promise.all([...files].filter(isFont).map(size)));
  line(`first visit to ${path.replace(/\/us_\w+/g, '/…')}`, page);
  return { page, fonts, files };
}

try {
  const parts = partsOf(await (await fetch(`${server.url}/pkg/inlet.js`)).text());
  const home = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text();
  const demo = home.match(/href="(\/space\/[^"/]+)"/)[1];
  const sheet = new URL((await fetch(server.url + demo, { headers: { accept: 'text/html' } })).url).pathname;

  const visits = [await visit('/', parts, ['home']), await visit(sheet, parts, [])];
  for (const address of ['/pkg/inlet_bg.wasm', '/pkg/inlet.js', '/pkg/inlet.css']) line(`  ${address}`, await size(address));
  line(`of ${pageBudget}; fonts, of ${fontBudget}`, visits[0].fonts);
  for (const [name, files] of parts) line(`later: ${name}`, sum(await Promise.all(files.map(size))));
  const loader = await size('/embed.js');
  line(`/embed.js, of ${loaderBudget}`, loader);
  if (loader > loaderBudget) {
    console.error('error: the loader is over its budget. Every page that holds an importer fetches it.');
    process.exitCode = 1;
  }
  if (visits.some(({ page, fonts }) => page > pageBudget || fonts > fontBudget)) {
    console.error('error: a first visit is over its budget. See what grew, and take it out or load it later.');
    process.exitCode = 1;
  }
} finally {
  await server.stop();
}
