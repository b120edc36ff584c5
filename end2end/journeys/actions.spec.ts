// Actions at every place where they stand: what they look like, why they cannot be pressed, and what a press starts.
import type { Locator, Page } from '@playwright/test';

import { expect, hydrated, test } from '../helper';
import { caller, type Call } from './api';
import { keysOf } from './listener';

type Made = { page: Page; request: Parameters<typeof caller>[0]; server: { data: string } };
type Desk = { call: Call; space: string; workbook: string; sheet: string };

const fields = [
  { key: 'name', type: 'string', label: 'Name', constraints: [{ type: 'required' }] },
  { key: 'city', type: 'string', label: 'City' },
  { key: 'code', type: 'string', label: 'Code', readonly: true },
];
const rows = [{ name: 'Ada', city: 'London' }, { name: 'Grace', city: 'York' }, { name: '', city: 'Bath' }];

/** A space with one sheet, whose members are added to or overwritten, opened. */
async function openDesk({ page, request, server }: Made, more: { space?: object; workbook?: object; sheet?: object; records?: object[] }): Promise<Desk> {
  await page.goto('/');
  await hydrated(page);
  const call = caller(request, keysOf(server.data).API_KEY);
  const space = await call('POST', '/spaces', { name: 'Desk', ...more.space });
  const sheets = [{ name: 'Items', slug: 'items', fields, ...more.sheet }];
  const workbook = await call('POST', '/workbooks', { spaceId: space.id, name: 'Desk', sheets, ...more.workbook });
  const sheet = workbook.sheets[0].id;
  const records = (more.records ?? rows).map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, { value }])));
  if (records.length) await call('POST', `/sheets/${sheet}/records`, records);
  await page.goto(`/space/${space.id}/workbook/${workbook.id}/sheet/${sheet}`);
  await hydrated(page);
  return { call, space: space.id, workbook: workbook.id, sheet };
}

const action = (operation: string, more: object = {}) => ({ operation, label: operation, confirm: false, ...more });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const item = (page: Page, name: string | RegExp) => page.getByRole('menuitem', { name });

/** Why something cannot be pressed, as readers are told; nothing when it can. */
async function expectReason(of: Locator, reason: string | null) {
  await expect(of).toHaveAttribute('aria-disabled', reason === null ? 'false' : 'true');
  if (reason !== null) await expect(of).toHaveAttribute('aria-description', reason);
}

async function openMenu(page: Page, name = 'Actions') {
  await page.getByRole('button', { name, exact: true }).click();
}

const box = (page: Page, row: number) => page.getByRole('checkbox', { name: `Select record ${row}`, exact: true });

/** The newest job of an operation. */
async function jobOf(call: Call, space: string, operation: string) {
  let job: any;
  await expect(async () => {
    const jobs = await call('GET', `/jobs?spaceId=${space}&pageSize=50`);
    job = jobs.find((job: any) => job.operation === operation);
    expect(job).toBeTruthy();
  }).toPass();
  return job;
}

test('a workbook and a sheet have buttons and a menu with a box to find actions', async ({ page, request, server, checkAccessibility }) => {
  const many = Array.from({ length: 9 }, (_, number) => action(`step${number}`));
  const desk = await openDesk({ page, request, server }, {
    workbook: { actions: [...many, action('send', { primary: true, label: 'Send', icon: 'send', tooltip: 'Sends everything' })] },
    sheet: { actions: [...many, action('polish', { primary: true, label: 'Polish' })] },
  });
  const send = button(page, 'Send');
  await expect(send).toHaveClass(/button-primary/);
  await expect(send.locator('use')).toHaveAttribute('href', /^\/icons\/lucide-[\d.]+\/send\.svg#i$/);
  await expect(send).toHaveAttribute('aria-description', 'Sends everything');
  await send.hover();
  await expect(page.getByText('Sends everything', { exact: true })).toBeVisible();
  await send.click();
  expect(await jobOf(desk.call, desk.space, 'send')).toMatchObject({ type: 'workbook', source: desk.workbook });

  // The primary one of a sheet is a button; the menu has the others, and a box.
  await expect(button(page, 'Polish')).toBeVisible();
  await openMenu(page);
  const find = page.getByRole('searchbox', { name: 'Find an action' });
  await expect(find).toBeFocused();
  await checkAccessibility();
  await expect(item(page, 'Polish')).toHaveCount(0);
  await find.fill('STEP7');
  await expect(page.locator('#sheet-menu').getByRole('menuitem')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await jobOf(desk.call, desk.space, 'step7')).toMatchObject({ type: 'sheet', source: desk.sheet });
});

test('few actions need no box, and the icon is a bolt, another or none', async ({ page, request, server }) => {
  await openDesk({ page, request, server }, {
    sheet: { actions: [action('usual'), action('named', { icon: 'checkCircle' }), action('odd', { icon: 'no such thing' }), action('plain', { icon: 'none' })] },
    workbook: { actions: [action('silent', { label: '', icon: 'trash' })] },
  });
  await openMenu(page);
  await expect(page.getByRole('searchbox', { name: 'Find an action' })).toHaveCount(0);
  const icon = (name: string) => item(page, name).locator('use');
  await expect(icon('usual')).toHaveAttribute('href', /zap\.svg#i$/);
  await expect(icon('named')).toHaveAttribute('href', /check-circle\.svg#i$/);
  await expect(icon('odd')).toHaveAttribute('href', /zap\.svg#i$/);
  await expect(icon('plain')).toHaveCount(0);
  // It is drawn: what the address leads to has a size.
  const box = await item(page, 'named').locator('svg').evaluate((svg) => (svg as SVGSVGElement).getBBox().width);
  expect(box).toBeGreaterThan(5);
  await page.keyboard.press('Escape');
  const silent = button(page, 'silent');
  await expect(silent.locator('use')).toHaveAttribute('href', /trash\.svg#i$/);
  await expect(silent).not.toContainText('silent');
});

test('the menu of a column has the actions of its field and those that are mounted there', async ({ page, request, server }) => {
  const enabled = { constraints: [{ type: 'hasColumnEnabled' }] };
  const own = fields.map((field) => ({ ...field, actions: [action('own', { label: `Tidy ${field.label}`, ...enabled })] }));
  const desk = await openDesk({ page, request, server }, { sheet: { fields: own } });
  await desk.call('POST', `/actions?spaceId=${desk.space}`, { targetId: desk.workbook, ...action('everywhere'), mount: { type: 'field' } });
  await desk.call('POST', `/actions?spaceId=${desk.space}`, { targetId: desk.sheet, ...action('cities'), mount: { type: 'field', keys: ['city'] } });
  const menuOf = async (label: string) => {
    const column = fields.findIndex((field) => field.label === label);
    await page.locator(`[role=gridcell][data-row="0"][data-column="${column}"]`).click();
    await page.keyboard.press('Alt+ArrowDown');
    const menu = page.getByRole('menu', { name: `Column ${label}` });
    await expect(menu).toBeVisible();
    return menu;
  };
  let menu = await menuOf('City');
  await expect(menu.getByRole('menuitem', { name: 'everywhere' })).toBeVisible();
  await menu.getByRole('menuitem', { name: 'cities' }).click();
  const job = await jobOf(desk.call, desk.space, 'cities');
  expect(job).toMatchObject({ type: 'sheet', source: desk.sheet });
  expect(job.subject.params).toEqual({ sheetId: desk.sheet, columnKey: 'city' });
  await page.keyboard.press('Escape');
  menu = await menuOf('Code');
  await expect(menu.getByRole('menuitem', { name: 'cities' })).toHaveCount(0);
  const locked = menu.getByRole('menuitem', { name: 'Tidy Code' });
  await expect(locked).toHaveAttribute('aria-disabled', 'true');
  await expect(locked).toContainText('This column is read-only');
});

test('a file has the actions of its upload and those that come later', async ({ page, request, server }) => {
  const desk = await openDesk({ page, request, server }, {});
  const multipart = {
    spaceId: desk.space,
    actions: JSON.stringify([action('unpack', { label: 'Unpack' })]),
    file: { name: 'box.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') },
  };
  const headers = { authorization: `Bearer ${keysOf(server.data).API_KEY}` };
  const file = (await (await request.post('/v1/files', { headers, multipart })).json()).data;
  await page.getByRole('link', { name: /^Files/ }).click();
  await openMenu(page, 'Actions of box.csv');
  await expect(item(page, 'Unpack')).toBeVisible();
  await page.keyboard.press('Escape');
  await desk.call('POST', `/actions?spaceId=${desk.space}`, { targetId: file.id, ...action('weigh') });
  await desk.call('POST', `/actions?spaceId=${desk.space}`, { targetId: desk.space, ...action('stamp'), mount: { type: 'file' } });
  await expect(async () => {
    await openMenu(page, 'Actions of box.csv');
    await expect(item(page, 'stamp')).toBeVisible({ timeout: 1000 });
  }).toPass();
  await item(page, 'weigh').click();
  expect(await jobOf(desk.call, desk.space, 'weigh')).toMatchObject({ type: 'file', source: file.id });
});

test('the actions of a space stand beside its name and on its own page', async ({ page, request, server, checkAccessibility }) => {
  const desk = await openDesk({ page, request, server }, { space: { actions: [action('set-up', { label: 'Set up', description: 'Shall it be set up?', confirm: true })] } });
  await openMenu(page, 'Actions of the space');
  await item(page, 'Set up').click();
  const dialog = page.getByRole('dialog', { name: 'Set up' });
  await expect(dialog).toContainText('Shall it be set up?');
  await dialog.getByRole('button', { name: 'Set up' }).click();
  expect(await jobOf(desk.call, desk.space, 'set-up')).toMatchObject({ type: 'space', source: desk.space });

  const empty = await desk.call('POST', '/spaces', { name: 'Empty', actions: [action('fill', { label: 'Fill it' })] });
  await page.goto(`/space/${empty.id}`);
  await hydrated(page);
  await checkAccessibility();
  await page.locator('.top-bar').getByRole('button', { name: 'Fill it' }).click();
  expect(await jobOf(desk.call, empty.id, 'fill')).toMatchObject({ type: 'space', source: empty.id });
});

test('constraints say why an action cannot be pressed, of a sheet and of a workbook', async ({ page, request, server }) => {
  const constrained = (name: string, ...constraints: object[]) => action(name, { primary: true, constraints });
  const desk = await openDesk({ page, request, server }, {
    sheet: {
      actions: [
        constrained('valid', { type: 'hasAllValid' }),
        constrained('allValid', { type: 'hasAllValid', ignoreSelection: true }),
        constrained('chosen', { type: 'hasSelection' }),
      ],
    },
    workbook: { actions: [constrained('wholeValid', { type: 'hasAllValid' })] },
  });
  const whole = '1 record with errors: put them right first';
  const expectReasons = async (reasons: Record<string, string | null>) => {
    for (const [name, reason] of Object.entries(reasons)) await expectReason(button(page, name), reason);
  };
  const first = 'Select records first';
  const of_workbook = '1 record with errors in this workbook: put them right first';
  await expectReasons({ valid: whole, allValid: whole, chosen: first, wholeValid: of_workbook });
  // Of a selection only the selected ones count, unless it is ignored.
  await box(page, 1).check();
  await expectReasons({ valid: null, allValid: whole, chosen: null });
  await box(page, 3).check();
  await expectReasons({ valid: '1 selected record with errors: put them right first', allValid: whole });
  // A press of what cannot be pressed starts nothing.
  await button(page, 'allValid').click({ force: true });
  expect((await desk.call('GET', `/jobs?spaceId=${desk.space}`)).length).toBe(0);
});

test('the older spellings of constraints say the same', async ({ page, request, server }) => {
  const old = [action('valid', { primary: true, requireAllValid: true }), action('chosen', { primary: true, requireSelection: true })];
  await openDesk({ page, request, server }, { sheet: { actions: old } });
  await expectReason(button(page, 'valid'), '1 record with errors: put them right first');
  await expectReason(button(page, 'chosen'), 'Select records first');
  await box(page, 1).check();
  await expectReason(button(page, 'valid'), null);
  await expectReason(button(page, 'chosen'), null);
});

test('hasData waits for the first record', async ({ page, request, server }) => {
  const data = { primary: true, constraints: [{ type: 'hasData' }] };
  const desk = await openDesk({ page, request, server }, { records: [], sheet: { actions: [action('send', data)] }, workbook: { actions: [action('submit', data)] } });
  await expectReason(button(page, 'send'), 'There are no records yet');
  await expectReason(button(page, 'submit'), 'There are no records in this workbook yet');
  await desk.call('POST', `/sheets/${desk.sheet}/records`, [{ name: { value: 'Ada' } }]);
  await expectReason(button(page, 'send'), null);
  await expectReason(button(page, 'submit'), null);
});

test('messages, tooltip and schedule are said, and an error is the reason', async ({ page, request, server }) => {
  await openDesk({ page, request, server }, {
    workbook: {
      actions: [
        action('told', { tooltip: 'Does it', schedule: 'daily', messages: [{ type: 'info', content: 'Takes a minute' }] }),
        action('closed', { tooltip: 'Does it', messages: [{ type: 'info', content: 'x' }, { type: 'error', content: 'The office is closed' }] }),
      ],
    },
    sheet: { actions: [action('shut', { messages: [{ type: 'error', content: 'Not today' }] }), action('open', { tooltip: 'Opens' })] },
  });
  const told = button(page, 'told');
  await expect(told).toHaveAttribute('aria-description', 'Does it\nTakes a minute\nRuns every day');
  await told.hover();
  await expect(page.locator('.hint', { hasText: 'Runs every day' })).toBeVisible();
  await expectReason(button(page, 'closed'), 'The office is closed');
  await openMenu(page);
  await expect(item(page, /shut/)).toHaveAttribute('aria-disabled', 'true');
  await expect(item(page, /shut/)).toContainText('Not today');
  await expect(item(page, 'open')).toHaveAttribute('title', 'Opens');
});

test('buttons change while the page is open', async ({ page, request, server }) => {
  const desk = await openDesk({ page, request, server }, { workbook: { actions: [action('send', { label: 'Send' })] } });
  await expect(button(page, 'Send')).toBeVisible();
  // The page is not loaded anew, and neither is the grid: what is typed stays.
  const cell = page.getByRole('gridcell', { name: 'London' });
  await cell.dblclick();
  await page.keyboard.type(' (old)');
  const made = await desk.call('POST', `/actions?spaceId=${desk.space}`, { targetId: desk.sheet, ...action('count', { label: 'Count', primary: true }) });
  await expectReason(button(page, 'Count'), 'Finish the edit first');
  await expectReason(button(page, 'Send'), 'Finish the edit first');
  await desk.call('PATCH', `/workbooks/${desk.workbook}`, { actions: [action('send', { label: 'Hand over' })] });
  await expect(button(page, 'Hand over')).toBeVisible();
  await expect(button(page, 'Send')).toHaveCount(0);
  await expect(page.locator(':is(input, textarea):focus')).toHaveValue('London (old)');
  await page.keyboard.press('Enter');
  await expectReason(button(page, 'Count'), null);
  await desk.call('PATCH', `/actions/${made.id}`, { label: 'Count again', messages: [{ type: 'error', content: 'Later' }] });
  await expectReason(button(page, 'Count again'), 'Later');
  await desk.call('DELETE', `/actions/${made.id}`);
  await expect(button(page, 'Count again')).toHaveCount(0);
});

test('a job that blocks the toolbar is waited for, and cells can be edited', async ({ page, request, server }) => {
  const desk = await openDesk({ page, request, server }, {
    sheet: { actions: [action('polish', { label: 'Polish', primary: true, mode: 'toolbarBlocking' }), action('other', { label: 'Other' })] },
    workbook: { actions: [action('send', { label: 'Send' })] },
  });
  await button(page, 'Polish').click();
  const job = await jobOf(desk.call, desk.space, 'polish');
  // Whoever works on it is heard of, so that it is not given up while the page is looked at.
  const beat = () => desk.call('POST', `/jobs/${job.id}/ack`, {});
  await beat();
  const wait = 'Wait for “Polish”';
  await expectReason(button(page, 'Polish'), wait);
  await expectReason(button(page, 'Send'), wait);
  await expectReason(button(page, 'Add file'), wait);
  await beat();
  await openMenu(page);
  await expect(item(page, /Other/)).toContainText(wait);
  await page.keyboard.press('Escape');
  await page.getByRole('gridcell', { name: 'London' }).click();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page.locator('.popover', { hasText: wait })).toBeVisible();
  await expect(page.getByRole('menuitemcheckbox', { name: 'Sort upwards' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await beat();
  // Cells stay editable.
  await page.getByRole('gridcell', { name: 'London' }).dblclick();
  await page.keyboard.type('!');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('gridcell', { name: 'London!' })).toBeVisible();
  await desk.call('POST', `/jobs/${job.id}/complete`, {});
  await expectReason(button(page, 'Polish'), null);
  await expectReason(button(page, 'Send'), null);
});

test('actions wait for the checks of listeners, and no longer when they are done or given up', async ({ page, request, server }) => {
  const desk = await openDesk({ page, request, server }, {
    sheet: { actions: [action('polish', { label: 'Polish', primary: true }), action('other', { label: 'Other' })] },
    workbook: { actions: [action('send', { label: 'Send' })], settings: { trackChanges: true } },
    records: [],
  });
  await expectReason(button(page, 'Polish'), null);
  const wait = 'Waiting for 1 check of the records to finish';
  const { commitId } = await desk.call('POST', `/sheets/${desk.sheet}/records`, [{ name: { value: 'Ada' } }]);
  await expectReason(button(page, 'Polish'), wait);
  await expectReason(button(page, 'Send'), wait);
  await desk.call('POST', `/commits/${commitId}/complete`);
  await expectReason(button(page, 'Polish'), null);
  await expectReason(button(page, 'Send'), null);
  // Nobody answers what a person types; the server goes on without them.
  await page.getByRole('gridcell', { name: 'Ada' }).dblclick();
  await page.keyboard.type('!');
  await page.keyboard.press('Enter');
  await expectReason(button(page, 'Polish'), wait);
  await expectReason(button(page, 'Polish'), null);
  await button(page, 'Polish').click();
  await jobOf(desk.call, desk.space, 'polish');
});
