// Home: the spaces there are, and a new one from a blueprint.
import { expect, hydrated, test } from '../helper';

test('a blueprint that does not fit is refused with its place', async ({ page, checkAccessibility }) => {
  await page.goto('/');
  await hydrated(page);
  const opener = page.getByRole('button', { name: 'New space' }).first();
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'New space' });
  await dialog.getByRole('button', { name: 'Create space' }).click();
  await expect(dialog.getByText('Give the space a name.')).toBeVisible();
  await dialog.getByLabel('Name').fill('Broken');
  const blueprint = dialog.getByRole('textbox', { name: /^Blueprint/ });
  await blueprint.fill('{"name": "People", "fields": [{"key": "a", "type": "strng"}]}');
  await dialog.getByRole('button', { name: 'Create space' }).click();
  await expect(dialog.getByText(/At fields\[0\].*`strng` is not a field type/)).toBeVisible();
  await expect(blueprint).toBeFocused();
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
});

test('the example makes a space with a sheet', async ({ page }) => {
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('button', { name: 'New space' }).first().click();
  await page.getByRole('button', { name: 'Use the example: people' }).click();
  await page.getByRole('button', { name: 'Create space' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No records yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a record' }).click();
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '2');
});

test('a space that is not there is a page that says so', async ({ page, complaints }) => {
  const response = await page.goto('/space/us_sp_0000000000000000000000');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing is here');
  // Chromium logs the status of the document itself.
  expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
});
