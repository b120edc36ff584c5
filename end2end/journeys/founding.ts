// The founding journey: a generated file of 10,000 people is dropped on a sheet, its faults are marked, Submit
// sends it on its way, and the outcome hands the rejected records over.
import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, hydrated } from '../helper';
import type { Call } from './api';
import { drop } from './drop';

const generator = fileURLToPath(new URL('../../benches/gen_csv.py', import.meta.url));

type People = { csv: string; bad_rows: number; bad_cells: Record<string, number> };

/** The file, and the faults that its generator put into it. */
function people(rows: number): People {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-people-'));
  try {
    const [csv, expected] = [join(folder, 'people.csv'), join(folder, 'expected.json')];
    execFileSync('python3', [generator, '--rows', `${rows}`, '--cols', '10', '--seed', '42', '--bad', '0.02', '--out', csv, '--expect', expected]);
    return { csv: readFileSync(csv, 'utf8'), ...JSON.parse(readFileSync(expected, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many cells of each field the server found wrong. */
async function faults(call: Call, sheetId: string) {
  const found: Record<string, number> = {};
  const { records } = await call('GET', `/sheets/${sheetId}/records?filter=error&pageSize=10000`);
  for (const { values } of records) {
    for (const [field, { valid }] of Object.entries<{ valid: boolean }>(values)) found[field] = (found[field] ?? 0) + Number(!valid);
  }
  return found;
}

/** Drops the file, submits, and gives the lines of the file that came back. */
export async function dropAndSubmit(page: Page, call: Call, sheet: { id: string; spaceId: string; workbookId: string }) {
  const file = people(10_000);
  await page.goto(`/space/${sheet.spaceId}/workbook/${sheet.workbookId}/sheet/${sheet.id}`);
  await hydrated(page);
  await expect(page.getByRole('button', { name: 'Submit', exact: true })).toHaveAttribute('aria-disabled', 'true');
  await drop(page, 'people.csv', file.csv);
  // All columns match by name: nobody is asked, the file is imported while it arrives.
  await expect(page.getByRole('tab', { name: /^All/ })).toHaveText('All10,000', { timeout: 60_000 });
  await expect(page.getByRole('tab', { name: /^Invalid/ })).toHaveText(`Invalid${file.bad_rows}`, { timeout: 20_000 });
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '10001');
  expect(await faults(call, sheet.id)).toEqual(file.bad_cells);
  await page.getByRole('tab', { name: /^Invalid/ }).click();
  await expect(page.getByRole('gridcell').and(page.locator('[aria-invalid=true]')).first()).toBeVisible();

  await page.getByRole('tab', { name: /^All/ }).click();
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  const question = page.getByRole('dialog', { name: 'Submit', exact: true });
  await expect(question).toContainText('All 10,000 records');
  await question.getByRole('button', { name: 'Submit' }).click();
  await expect(page.getByRole('progressbar', { name: 'Submit' })).toBeVisible();
  const outcome = page.getByRole('dialog').filter({ has: page.getByRole('link', { name: /^Download/ }) });
  await expect(outcome).toBeVisible({ timeout: 60_000 });
  const words = await outcome.innerText();
  const [download] = await Promise.all([page.waitForEvent('download'), outcome.getByRole('link', { name: /^Download/ }).click()]);
  const lines = readFileSync(await download.path(), 'utf8').trim().split(/\r?\n/);
  expect(lines).toHaveLength(1 + file.bad_rows);
  return { words, lines, accepted: 10_000 - file.bad_rows, rejected: file.bad_rows };
}
