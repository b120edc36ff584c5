// pictures.mjs BINARY: takes the pictures of README.md from the demo of a running server.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

import { serve } from './serve.mjs';

const folder = fileURLToPath(new URL('../docs/', import.meta.url));
const server = await serve(process.argv[2]);
const browser = await chromium.launch({ executablePath: process.env.INLET_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const [name, colorScheme] of [['sheet', 'light'], ['outcome', 'dark']]) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
    await page.goto(server.url);
    await page.waitForSelector('html[data-hydrated]');
    await page.getByRole('link', { name: 'Demo', exact: true }).click();
    await page.getByRole('gridcell').first().waitFor();
    if (name === 'sheet') {
      await page.getByRole('tab', { name: /^Invalid/ }).click();
      await page.locator('[role=grid][aria-rowcount="13"]').waitFor();
      await page.getByRole('gridcell', { name: 'wei.zhang#bluebird.example' }).click();
      await page.getByRole('tooltip').waitFor();
    } else {
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
      await page.getByRole('dialog', { name: 'Submit' }).getByRole('button', { name: 'Submit' }).click();
      await page.getByRole('link', { name: /^Download/ }).waitFor();
    }
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${folder}${name}.png` });
  }
} finally {
  await browser.close();
  await server.stop();
}
