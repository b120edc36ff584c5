// What stands around every page: colours, the sidebar on a phone, menus by keyboard.
import { expect, hydrated, test } from '../helper';

test('colours are chosen by menu and remembered', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  await hydrated(page);
  const button = page.getByRole('button', { name: 'Colours' });
  await button.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'As the system' })).toBeFocused();
  await page.keyboard.press('d');
  await expect(page.getByRole('menuitem', { name: 'Dark' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(button).toBeFocused();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('on a phone the sidebar comes up and goes', async ({ page, checkAccessibility }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Demo', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Contacts: records' }).getByRole('listitem').first()).toBeVisible();
  await checkAccessibility();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
  const button = page.getByRole('button', { name: 'Workbooks, files and jobs' });
  await button.click();
  await checkAccessibility();
  await page.getByRole('link', { name: /^Files/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Files' })).toBeVisible();
  await expect(button).toHaveAttribute('aria-expanded', 'false');
});
