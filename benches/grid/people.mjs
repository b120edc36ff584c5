// A sheet of any size in a running server, filled by an upload that is written while it goes out.
import { Readable } from 'node:stream';

import { authorization, caller } from '../api.mjs';

const WORDS = ['Ada', 'Alan', 'Barbara', 'Carl', 'Dana', 'Edsger', 'Frances', 'Grace'];
const TOGETHER = 2000;

function* lines(rows, columns) {
  yield `${Array.from({ length: columns }, (_, column) => `column_${column}`).join(',')}\n`;
  for (let row = 0; row < rows; row += TOGETHER) {
    let text = '';
    for (let next = row; next < Math.min(row + TOGETHER, rows); next += 1) {
      for (let column = 0; column < columns; column += 1) {
        text += `${column ? ',' : ''}${WORDS[(next * 31 + column) & 7]} ${next * 7 + column}`;
      }
      text += '\n';
    }
    yield text;
  }
}

/** Makes the sheet; gives the address of its page. */
export async function filledSheet(server, rows, columns) {
  const call = caller(server);
  const [{ id: environmentId }] = await call('GET', '/environments');
  const space = await call('POST', '/spaces', { name: `${rows} × ${columns}`, environmentId });
  const fields = Array.from({ length: columns }, (_, column) => ({ key: `column_${column}`, label: `Column ${column}`, type: 'string' }));
  const sheets = [{ name: 'Rows', slug: 'rows', fields }];
  const workbook = await call('POST', '/workbooks', { name: 'Bench', spaceId: space.id, environmentId, sheets });
  const [sheet] = workbook.sheets;

  const boundary = 'part';
  const text = (name, value) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const form = function* () {
    yield text('spaceId', space.id) + text('sheetId', sheet.id);
    yield `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="rows.csv"\r\nContent-Type: text/csv\r\n\r\n`;
    yield* lines(rows, columns);
    yield `\r\n--${boundary}--\r\n`;
  };
  const encoder = new TextEncoder();
  const body = Readable.toWeb(Readable.from((function* () {
    for (const piece of form()) yield encoder.encode(piece);
  })()));
  const headers = { authorization: authorization(server), 'content-type': `multipart/form-data; boundary=${boundary}` };
  const sent = await fetch(`${server.url}/v1/files`, { method: 'POST', headers, body, duplex: 'half' });
  if (!sent.ok) throw new Error(await sent.text());
  for (;;) {
    const [job] = await call('GET', `/jobs?source=${sheet.id}&pageSize=1`);
    if (job?.status === 'complete') break;
    if (job?.status === 'failed') throw new Error(`the import failed: ${JSON.stringify(job.outcome)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return `${server.url}/space/${space.id}/workbook/${workbook.id}/sheet/${sheet.id}`;
}
