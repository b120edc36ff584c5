// The demo's Submit: a question, a running job, an outcome with a download.
import { expect, hydrated, test } from '../helper';

test('submit asks, runs and hands over the rejected records', async ({ page, checkAccessibility }) => {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  const opener = page.getByRole('button', { name: 'Submit', exact: true });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Submit', exact: true });
  await expect(dialog).toContainText('All 500 records · 12 with errors');
  await checkAccessibility();
  // Esc closes, and the focus is back where it came from.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  // What has to be filled in says so, and has the focus.
  await opener.click();
  const name = dialog.getByRole('textbox', { name: 'Import name' });
  await expect(name).toHaveValue('First import');
  await name.fill('');
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await expect(dialog.getByText('Import name is required')).toBeVisible();
  await expect(name).toBeFocused();
  await name.fill('Autumn');
  await dialog.getByRole('button', { name: 'Submit' }).click();
  await expect(dialog).toBeHidden();

  const download = page.getByRole('link', { name: /^Download/ }).first();
  await expect(download).toBeVisible({ timeout: 20_000 });
  await checkAccessibility();
  const [file] = await Promise.all([page.waitForEvent('download'), download.click()]);
  expect(file.suggestedFilename()).toMatch(/\.csv$/);

  // The history has it, and so have the files.
  const outcome = page.getByRole('dialog', { name: 'Contacts submitted' });
  // An outcome that waits to be closed waits through a reload, too.
  await page.reload();
  await expect(outcome).toBeVisible();
  // One that is closed is closed in every window, and stays so, however soon the page is left.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await hydrated(other);
  const elsewhere = other.getByRole('dialog', { name: 'Contacts submitted' });
  await expect(elsewhere).toBeVisible();
  await outcome.getByRole('button', { name: 'Close' }).last().click();
  await expect(outcome).toBeHidden();
  await page.goto('about:blank');
  await expect(elsewhere).toBeHidden();
  await page.goto(other.url());
  await other.close();
  await hydrated(page);
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await expect(outcome).toBeHidden();
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Submit' }).first()).toContainText('Complete');
  await checkAccessibility();
  await page.getByRole('link', { name: /^Files/ }).click();
  await expect(page.getByRole('row', { name: /\.csv/ }).first()).toContainText('Made by a job');
  await checkAccessibility();
});
