// icons.mjs FOLDER: writes the icons of the npm package lucide-static, unpacked in FOLDER, into one text file, a line
// each: the name, a tab, and what is inside its <svg>. A second name of an icon is `=` and the first one.
//
//   npm pack lucide-static && tar xzf lucide-static-*.tgz && node tools/icons.mjs package
//
// A new version of the package is a new `VERSION` in src/domain/icon/mod.rs, so that browsers ask again.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(process.argv[2], 'icons');
const inside = (svg) =>
  svg
    .replace(/<!--.*?-->/gs, '')
    .replace(/^\s*<svg[^>]*>|<\/svg>\s*$/gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?\/> ?/g, '/>')
    .trim();

const first = new Map();
const lines = readdirSync(folder)
  .filter((file) => file.endsWith('.svg'))
  .sort()
  .map((file) => {
    const name = file.slice(0, -4);
    const svg = readFileSync(join(folder, file), 'utf8');
    const drawn = inside(svg);
    if (first.has(drawn)) return [name, `=${first.get(drawn)}`];
    first.set(drawn, name);
    return [name, drawn];
  });
lines.sort(([one], [other]) => (one < other ? -1 : 1));
writeFileSync('src/domain/icon/lucide.txt', lines.map((line) => line.join('\t')).join('\n') + '\n');
