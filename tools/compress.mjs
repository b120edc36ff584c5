// compress.mjs FOLDER: writes the .br and .gz beside every file that shrinks by it, as small as they
// get, so that the server never compresses a file. Forms whose file is gone are removed.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = process.argv[2];
const shrinks = /\.(wasm|pack|js|css|svg|txt)$/;

const brotli = (bytes) =>
  brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
const forms = { '.br': brotli, '.gz': (bytes) => gzipSync(bytes, { level: 9 }) };

for (const name of readdirSync(folder, { recursive: true })) {
  const file = join(folder, name);
  if (/\.(br|gz)$/.test(file) && !existsSync(file.slice(0, -3))) rmSync(file);
  if (!shrinks.test(file)) continue;
  for (const [ending, compress] of Object.entries(forms)) {
    const form = file + ending;
    if (existsSync(form) && statSync(form).mtimeMs >= statSync(file).mtimeMs) continue;
    writeFileSync(form, compress(readFileSync(file)));
  }
}
