import { defineConfig } from '@playwright/test';

const inCi = Boolean(process.env.CI);

export default defineConfig({
  testMatch: '**/*.spec.ts',
  projects: [
    { name: 'pages', testDir: '.', testIgnore: 'clients/**' },
    // The published clients of Flatfile; the second reporter makes the table of docs/clients.md of them.
    { name: 'clients', testDir: 'clients' },
  ],
  fullyParallel: true,
  forbidOnly: inCi,
  retries: inCi ? 2 : 0,
  workers: 2,
  timeout: 30_000,
  // Nothing here is measured: a busy machine may take its time.
  expect: { timeout: 10_000 },
  reporter: [['list'], ['./clients/table.ts']],
  use: {
    trace: 'on-first-retry',
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.INLET_CHROMIUM ?? '/usr/bin/chromium',
      // Without them Chromium looks for hosts of its own at every start.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
