import { expect, hydrated, test } from '../helper';

test('the page is taken over by the browser half', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveTitle('Spaces · Inlet');
  await hydrated(page);
  await page.getByRole('button', { name: 'New space' }).first().click();
  await expect(page.getByRole('dialog', { name: 'New space' })).toBeVisible();
});

test('the page says what it is before any script runs', async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1, name: 'Spaces' })).toBeVisible();
  await context.close();
});

test('an unknown address is a page with the status 404', async ({ page, complaints }) => {
  const response = await page.goto('/no/such/page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing is here');
  await page.getByRole('link', { name: 'Go to your spaces' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Spaces');
  // Chromium logs the status of the document itself.
  expect(complaints.splice(0)).toEqual([expect.stringContaining('404')]);
});

const canvas = { light: 'rgb(255, 255, 255)', dark: 'rgb(15, 19, 20)' };

for (const system of ['light', 'dark'] as const) {
  test(`${system}, as the system is, without an accessibility violation`, async ({ page, checkAccessibility }) => {
    await page.emulateMedia({ colorScheme: system });
    await page.goto('/');
    await hydrated(page);
    await expect(page.locator('body')).toHaveCSS('background-color', canvas[system]);
    await checkAccessibility();
  });

  test(`${system}, as the person chose, whatever the system is`, async ({ page, context, server, checkAccessibility }) => {
    await page.emulateMedia({ colorScheme: system === 'light' ? 'dark' : 'light' });
    await context.addCookies([{ name: 'theme', value: system, url: server.url }]);
    await page.goto('/');
    await expect(page.locator('body')).toHaveCSS('background-color', canvas[system]);
    await hydrated(page);
    await checkAccessibility();
  });
}
