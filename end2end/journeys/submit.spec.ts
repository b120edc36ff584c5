// The demo's Submit: a question, a running job, an outcome with a download.
import { expect, hydrated, test } from '../helper';

test('submit asks, runs and hands over the rejected records', async ({ page, checkAccessibility }) => {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  const opener = page.getByRole('button', { name: 'Submit', exact: true });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Submit' });
  await expect(dialog).toContainText('All 500 records');
  await checkAccessibility();
  // Esc closes, and the focus is back where it came from.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await opener.click();
  for (const input of await dialog.getByRole('textbox').all()) await input.fill('Autumn');
  for (const list of await dialog.getByRole('combobox').all()) await list.selectOption({ index: 1 });
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await expect(dialog).toBeHidden();

  const download = page.getByRole('link', { name: /^Download/ }).first();
  await expect(download).toBeVisible({ timeout: 20_000 });
  await checkAccessibility();
  const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);

  // The history has it, and so have the files.
  const close = page.getByRole('dialog').getByRole('button', { name: 'Close' }).first();
  if (await close.isVisible()) await close.click();
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Submit' }).first()).toContainText('Complete');
  await checkAccessibility();
  await page.getByRole('link', { name: /^Files/ }).click();
  await expect(page.getByRole('row', { name: /\.csv/ }).first()).toContainText('Made by a job');
  await checkAccessibility();
});
