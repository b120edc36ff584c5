// pack.mjs FOLDER: puts the chunks in FOLDER into the packs that its list `packs` names, one file each, and removes
// them. A chunk is its number and its length, of four bytes each with the low one first, and its bytes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const list = join(folder, 'packs');
const chunkFile = (chunk) => join(folder, `${chunk}.wasm`);

function packed(chunk) {
  const bytes = readFileSync(chunkFile(chunk));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(Number(chunk.split('_')[1]), 0);
  head.writeUInt32LE(bytes.length, 4);
  return [head, bytes];
}

const packs = readFileSync(list, 'utf8').trim().split('\n').map((line) => line.split(' ').filter(Boolean));
for (const [name, ...chunks] of packs) writeFileSync(join(folder, `${name}.pack`), Buffer.concat(chunks.flatMap(packed)));
for (const chunk of new Set(packs.flatMap(([, ...chunks]) => chunks))) rmSync(chunkFile(chunk));
rmSync(list);
