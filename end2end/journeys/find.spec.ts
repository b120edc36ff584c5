// Finding what people read: the label of an option, and not only the value that the cell holds.
import { expect, test } from '../helper';
import { openOwnSheet } from './own_sheet';

const options = [{ value: 'us', label: 'United States' }, { value: 'gb', label: 'United Kingdom' }, { value: 'de', label: 'Germany' }];
const fields = [
  { key: 'city', label: 'City', type: 'string' },
  { key: 'country', label: 'Country', type: 'enum', config: { options } },
];

test('an option is found by its label and its value, and replaced as a whole', async ({ page, request, server, checkAccessibility }) => {
  const rows = [['Berlin', 'de'], ['Austin', 'us'], ['Leeds', 'gb'], ['Boston', 'us']];
  await openOwnSheet({ page, request, server }, fields, rows.map(([city, country]) => ({ city, country })));
  const cell = (row: number, column: number) => page.locator(`[role=gridcell][data-row="${row}"][data-column="${column}"]`);
  const active = page.locator('[role=gridcell][tabindex="0"]');
  await cell(0, 0).click();
  await page.keyboard.press('Control+h');
  const find = page.getByRole('search', { name: 'Find and replace' });
  const sought = find.getByRole('textbox', { name: 'Find', exact: true });
  await sought.fill('United');
  await expect(find.getByRole('status').first()).toHaveText('1 of 3');
  await expect(active).toHaveText('us');
  await expect(find).toContainText('3 cells stay. Of an option, only the whole name or value is replaced');
  await expect(find.getByRole('button', { name: 'Replace all' })).toHaveAttribute('aria-disabled', 'true');
  await checkAccessibility();
  // "us" stands in Austin, too.
  await sought.fill('us');
  await expect(find.getByRole('status').first()).toHaveText('1 of 3');
  await sought.fill('united states');
  await find.getByRole('textbox', { name: 'Replace with' }).fill('Germany');
  await expect(find).toContainText('Replaces 2 cells in 1 column');
  await find.getByRole('button', { name: 'Replace all' }).click();
  await expect(cell(1, 1)).toHaveText('de');
  await expect(cell(2, 1)).toHaveText('gb');
  await expect(cell(3, 1)).toHaveText('de');
});
