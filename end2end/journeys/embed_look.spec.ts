// The importer in the page: how large it is, in which colours and language, and how it closes.
import { expect, test } from '../helper';
import { host } from './host';
import { cell, drop, frameOf, hears, leave, open, opening, submit } from './importer';

test('an importer within the page is as high as its element, and high enough in one without a height', async ({ page, server }) => {
  const buttons = { None: `mode: 'inline', mount: '#none'`, Some: `mode: 'inline', mount: '#some'` };
  const site = await host({ '/': opening(server, buttons, '<div id="none"></div><div id="some" style="height: 300px"></div>') });
  await page.goto(site.url);
  for (const [button, height] of [['None', 480], ['Some', 300]] as const) {
    await open(page, button);
    // The corner is free for its buttons: the cross of ours is beside the frame.
    await expect(frameOf(page).locator('html[data-crossed]')).toHaveCount(0);
    expect((await page.locator('inlet-importer iframe').boundingBox())!.height).toBe(height);
    await page.evaluate(() => (window as any).importer.close());
    await expect(page.locator('inlet-importer')).toHaveCount(0);
  }
  await site.stop();
});

test('Escape closes the importer when nothing in it takes the key', async ({ page, server }) => {
  const site = await host({ '/': opening(server, { Import: `onSubmit() {}, onClose: ({ reason }) => say(reason)` }) });
  await page.goto(site.url);
  await open(page);
  const frame = frameOf(page);
  const importer = page.locator('inlet-importer');
  await drop(page);
  // A cell that is edited, a menu, a search and a dialog come first.
  await cell(page, 'Grace').dblclick();
  await page.keyboard.type('Hopper');
  await page.keyboard.press('Escape');
  await expect(cell(page, 'Grace')).toBeVisible();
  await frame.getByRole('button', { name: 'Submit' }).first().click();
  const dialog = frame.getByRole('dialog', { name: 'Submit' });
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await frame.getByPlaceholder('Search').first().click();
  await page.keyboard.press('Escape');
  await frame.locator('body').evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  await expect(importer).toHaveCount(1);

  await frame.getByRole('button', { name: 'Submit' }).first().focus();
  await page.keyboard.press('Escape');
  await expect(importer).toHaveCount(0);
  await hears(page, 'closed');
  await site.stop();
});

test('an outcome that asks for nothing closes the importer', async ({ page, server }) => {
  const site = await host({ '/': opening(server, { Import: `onSubmit: () => ({ acknowledge: false }), onClose: ({ reason }) => say(reason)` }) });
  await page.goto(site.url);
  await open(page);
  await drop(page);
  await submit(frameOf(page));
  await expect(page.locator('inlet-importer')).toHaveCount(0);
  await hears(page, 'submitted');
  await site.stop();
});

test('what is around the frame is dark where the system is, and in the language of the importer', async ({ page, server, checkAccessibility }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const site = await host({ '/': opening(server, { Import: `language: 'de-AT'`, Named: `language: 'de', title: 'Adressen'` }) });
  await page.goto(site.url);
  // The page of the space takes its time.
  let answer = () => {};
  await page.route('**/space/**', async (route) => {
    await new Promise<void>((resolve) => (answer = resolve));
    await route.continue();
  }, { times: 1 });
  await page.getByRole('button', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Importieren' });
  const waiting = page.getByRole('status').filter({ hasText: 'Wird geladen …' });
  await expect(waiting).toBeVisible();
  expect(await dialog.evaluate((element) => getComputedStyle(element).backgroundColor)).not.toBe('rgb(255, 255, 255)');
  await checkAccessibility();
  await expect.poll(() => (answer(), waiting.count())).toBe(0);
  await frameOf(page).locator('html[data-hydrated]').waitFor();
  await leave(page, 'Schließen');
  await open(page, 'Named');
  const named = page.getByRole('dialog', { name: 'Adressen' });
  await expect(named).toBeVisible();
  // Who wants it light in the frame has it so around it.
  await frameOf(page).getByRole('button', { name: 'Farben' }).click();
  await frameOf(page).getByRole('menuitem', { name: 'Hell' }).click();
  await expect.poll(() => named.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(255, 255, 255)');
  await site.stop();
});
