// Plugins that check or enrich records: what a person sees of it in the grid.
import type { Page } from '@playwright/test';

import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const field = (key: string, type = 'string') => ({ key, type, label: key });
const cellAt = (page: Page, row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);

test('dates are written one way, and what is none is marked', shows('@flatfile/plugin-validate-date'), async ({ page, call, keys, listen }) => {
  await listen('checks.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'Days', slug: 'days', fields: [field('day')] }] });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ day: 'July 4, 2024' }, { day: 'no day at all' }]));
  await openSheet(page, made);
  await expect(cellAt(page, 0, 0)).toHaveText('2024-07-04');
  await expect(cellAt(page, 1, 0)).toHaveAttribute('aria-invalid', 'true');
  await cellAt(page, 1, 0).click();
  await expect(page.getByRole('tooltip')).toContainText('Unable to parse date string');
});

test('ISBNs are written one way, and wrong ones are marked', shows('@flatfile/plugin-validate-isbn'), async ({ page, call, keys, listen }) => {
  await listen('checks.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'Books', slug: 'books', fields: [field('isbn')] }] });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ isbn: '9780131103627' }, { isbn: '9780131103620' }]));
  await openSheet(page, made);
  await expect(cellAt(page, 0, 0)).toHaveText('978-0-13-110362-7');
  await expect(cellAt(page, 1, 0)).toHaveAttribute('aria-invalid', 'true');
});

test('what a text feels like comes beside it', shows('@flatfile/plugin-enrich-sentiment'), async ({ page, call, keys, listen }) => {
  await listen('checks.mjs');
  const fields = [field('text'), field('text_sentiment_score', 'number'), field('text_sentiment_category')];
  const made = await makeSpace({ call, keys }, { sheets: [{ name: 'Reviews', slug: 'reviews', fields }] });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ text: 'I love this, it is wonderful' }, { text: 'Terrible, I hate it' }]));
  await openSheet(page, made);
  await expect(cellAt(page, 0, 2)).toHaveText('positive');
  await expect(cellAt(page, 1, 2)).toHaveText('negative');
});
