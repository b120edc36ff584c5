// The dialog before a job: every kind of input, steps, choices that are looked for, and what it asks before it is left.
import { expect, test } from '../helper';
import { input, openWithAction, required } from './forms';

test('every kind of input is filled in and arrives with its type', async ({ page, request, server, checkAccessibility }) => {
  const choices = { options: [{ value: 1, label: 'One' }, { value: 'two', label: 'Two', description: 'The second' }] };
  const fields = [
    input('string', 'string', { description: 'A line of help' }),
    input('textarea', 'textarea'),
    input('number', 'number'),
    input('boolean', 'boolean'),
    input('enum', 'enum', { config: choices }),
    input('multi', 'multi-select', { config: choices }),
    input('date', 'date'),
    input('email', 'email'),
    input('url', 'url'),
    input('secret', 'secret'),
    input('file', 'file'),
    input('reference', 'reference', { config: { source: { sheet: 'customers' } } }),
  ];
  const pages = [{ title: 'All', fields: fields.map(({ key }) => key) }];
  const { call, open, sent, people } = await openWithAction({ page, request, server }, { inputForm: { type: 'simple', fields, pages } });
  const dialog = await open();
  await expect(dialog).toContainText('All 5 records of 2 sheets');
  await expect(dialog.getByRole('textbox', { name: 'The string' })).toBeFocused();
  await dialog.getByLabel('The string').fill('a');
  await dialog.getByLabel('The textarea').fill('x\ny');
  await dialog.getByLabel('The boolean').check();
  await dialog.getByLabel('The enum').selectOption('One');
  await dialog.getByRole('checkbox', { name: 'One' }).check();
  await dialog.getByRole('checkbox', { name: 'Two' }).check();
  await dialog.getByLabel('The date').fill('2026-02-28');
  // What is wrong is said when an input is left, and goes while it is put right.
  for (const [name, wrong, words, right] of [
    ['number', '12a', 'The number is not a number', '1,000.5'],
    ['email', 'a@b', 'The email is not an e-mail address', 'a@b.example'],
    ['url', 'b.example', 'The url is not a web address', 'https://b.example'],
  ]) {
    const box = dialog.getByRole('textbox', { name: `The ${name}` });
    await box.fill(wrong);
    await box.blur();
    await expect(dialog.getByText(words)).toBeVisible();
    await expect(box).toHaveAttribute('aria-invalid', 'true');
    await expect(box).toHaveAccessibleDescription(new RegExp(words));
    await box.fill(right);
    await expect(dialog.getByText(words)).toBeHidden();
  }
  const secret = dialog.getByRole('textbox', { name: 'The secret' });
  await secret.fill('hunter22');
  await expect(secret).toHaveAttribute('type', 'password');
  await dialog.getByRole('button', { name: 'Show' }).click();
  await expect(secret).toHaveAttribute('type', 'text');
  await dialog.locator('input[type=file]').setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(dialog.getByText('list.txt')).toBeVisible();
  await expect(dialog.getByText('5 B')).toBeVisible();
  await dialog.getByRole('button', { name: 'Remove list.txt' }).click();
  await dialog.locator('input[type=file]').setInputFiles({ name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(dialog.getByText('other.txt')).toBeVisible();
  const box = dialog.getByRole('combobox', { name: 'The reference' });
  await box.fill('ada');
  await expect(dialog.getByRole('listbox').getByRole('option')).toHaveText(['Ada', 'Adam']);
  await checkAccessibility();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Adam')).toBeVisible();
  await dialog.getByRole('button', { name: 'Next' }).click();
  // Twelve inputs end with a last look.
  await expect(dialog.getByRole('heading', { name: 'Check your answers' })).toBeVisible();
  await expect(dialog.locator('.review')).toContainText('••••');
  await expect(dialog.locator('.review')).not.toContainText('hunter22');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog).toBeHidden();

  const job = await sent();
  const { records } = await call('GET', `/sheets/${people}/records`);
  const adam = records.find((record: any) => record.values.name.value === 'Adam');
  expect(job.input).toEqual({
    string: 'a', textarea: 'x\ny', number: 1000.5, boolean: true, enum: 1, multi: [1, 'two'], date: '2026-02-28',
    email: 'a@b.example', url: 'https://b.example', secret: { type: 'secret', key: 'secret' },
    file: expect.stringMatching(/^us_fl_/), reference: { sheetId: people, recordId: adam.id, label: 'Adam' },
  });
  expect(await call('GET', `/jobs/${job.id}/secrets`)).toEqual({ secret: 'hunter22' });
  expect((await call('GET', `/files/${job.input.file}`)).name).toBe('other.txt');
});

test('pages are gone through, looked at and put right', async ({ page, request, server, checkAccessibility }) => {
  const fields = [
    input('name', 'string', { ...required, defaultValue: 'First' }),
    input('kind', 'enum', { config: { options: [{ value: 'small' }, { value: 'other' }] }, defaultValue: 'small' }),
    input('reason', 'string', { ...required, showIf: { key: 'kind', equals: 'other' } }),
    input('day', 'date', { defaultValue: 'today' }),
    input('note', 'textarea', { constraints: [{ type: 'pattern', value: '^[a-z ]*$', message: 'Small letters only' }] }),
  ];
  const pages = [
    { title: 'What', description: 'What it is about', fields: ['name', 'kind'] },
    { title: 'Why', fields: ['reason'] },
    { title: 'When', fields: ['day', 'note'] },
  ];
  const { open, sent } = await openWithAction({ page, request, server }, { description: 'Send the orders?', inputForm: { fields, pages } });
  const dialog = await open();
  const step = dialog.locator('.step-head');
  await expect(dialog).toContainText('Send the orders?');
  await expect(dialog).toContainText('What it is about');
  // A page without an input that is there is passed over.
  await expect(step).toContainText('1 of 3');
  await expect(dialog.getByRole('status').filter({ hasText: 'Step 1 of 3: What' })).toBeAttached();
  await dialog.getByLabel('The kind').selectOption('other');
  await expect(step).toContainText('1 of 4');
  await dialog.getByLabel('The name').fill('');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('The name is required')).toBeVisible();
  await expect(dialog.getByLabel('The name')).toBeFocused();
  await dialog.getByLabel('The name').fill('Second');
  // Enter goes on.
  await page.keyboard.press('Enter');
  await expect(step).toContainText('Why');
  await expect(dialog.getByLabel('The reason')).toBeFocused();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.getByText('The reason is required')).toBeVisible();
  await dialog.getByLabel('The reason').fill('Because');
  await page.keyboard.press('Enter');
  const day = dialog.getByLabel('The day');
  const today = await page.evaluate(() => new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10));
  await expect(day).toHaveValue(today);
  await dialog.getByLabel('The note').fill('LOUD');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.getByText('Small letters only')).toBeVisible();
  await dialog.getByLabel('The note').fill('');
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(dialog.getByLabel('The reason')).toHaveValue('Because');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: 'Next' }).click();

  await expect(step).toContainText('4 of 4');
  const line = (name: string) => dialog.locator('.review-line').filter({ hasText: name });
  await expect(line('The reason')).toContainText('Because');
  await expect(line('The note')).toContainText('Not filled in');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Edit The kind' }).click();
  await expect(dialog.getByLabel('The kind')).toBeFocused();
  await dialog.getByLabel('The kind').selectOption('small');
  await dialog.getByRole('button', { name: 'Back to the answers' }).click();
  await expect(step).toContainText('3 of 3');
  await expect(line('The reason')).toBeHidden();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog).toBeHidden();
  // What is not there is not sent.
  expect((await sent()).input).toEqual({ name: 'Second', kind: 'small', day: today });
});

test('what was filled in is not lost without a question', async ({ page, request, server }) => {
  const { open, jobs } = await openWithAction({ page, request, server }, { confirm: false, inputForm: { fields: [input('name', 'string', required)] } });
  // A form that must be filled in opens even where nothing is to be confirmed.
  let dialog = await open();
  // Nothing was filled in: nothing is asked.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  dialog = await open();
  await dialog.getByLabel('The name').fill('a');
  for (const close of [
    () => page.keyboard.press('Escape'),
    () => dialog.getByRole('button', { name: 'Close' }).click(),
    () => dialog.getByRole('button', { name: 'Cancel' }).click(),
  ]) {
    await close();
    await expect(dialog.getByText('Discard what you filled in?')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Keep editing' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog.getByText('Discard what you filled in?')).toBeHidden();
    await expect(dialog.getByLabel('The name')).toHaveValue('a');
  }
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();
  expect(await jobs()).toEqual([]);
  dialog = await open();
  await expect(dialog.getByLabel('The name')).toHaveValue('');
});

test('choices are looked for in a sheet while somebody types', async ({ page, request, server, checkAccessibility }) => {
  const source = { sheet: 'customers', value: 'city', label: 'name' };
  const fields = [
    input('name', 'enum', { ...required, config: { source: { sheet: 'customers', value: 'name' } } }),
    input('cities', 'multi-select', { config: { source } }),
  ];
  const customers = Array.from({ length: 9000 }, (_, place) => `Customer ${place}`);
  const { open, sent } = await openWithAction({ page, request, server }, { inputForm: { fields } }, customers);
  const dialog = await open();
  const name = dialog.getByRole('combobox', { name: 'The name' });
  await name.click();
  await expect(dialog.getByRole('option')).toHaveCount(50);
  await expect(dialog.getByText('There are more: type to narrow them')).toBeVisible();
  await name.fill('customer 8999');
  await expect(dialog.getByRole('option')).toHaveText(['Customer 8999']);
  await name.fill('nobody');
  await expect(dialog.getByText('Nothing contains this')).toBeVisible();
  // Escape closes the list and not the dialog.
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('listbox')).toBeHidden();
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog.getByText('The name is required')).toBeVisible();
  await expect(name).toBeFocused();
  await name.fill('customer 8998');
  await dialog.getByRole('option', { name: 'Customer 8998' }).click();
  const cities = dialog.getByRole('combobox', { name: 'The cities' });
  for (const one of ['17', '18']) {
    await cities.fill(`customer ${one}00`);
    await expect(dialog.getByRole('option')).toHaveText([`Customer ${one}00`]);
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('button', { name: `Remove Customer ${one}00` })).toBeVisible();
  }
  await dialog.getByRole('button', { name: 'Remove Customer 1700' }).click();
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog).toBeHidden();
  expect((await sent()).input).toEqual({ name: 'Customer 8998', cities: ['Customer 1800stadt'] });
});

test('choices are asked of a listener while somebody types', async ({ page, request, server }) => {
  const fields = [
    input('country', 'string'),
    input('key', 'secret'),
    input('city', 'enum', { config: { source: { listener: true } } }),
  ];
  const { call, open, sent, jobs } = await openWithAction({ page, request, server }, { inputForm: { fields } });
  const dialog = await open();
  await dialog.getByLabel('The country').fill('DE');
  await dialog.getByRole('textbox', { name: 'The key' }).fill('hunter22');
  const city = dialog.getByRole('combobox', { name: 'The city' });
  const asked = async (query: string) => {
    const job = async () => (await jobs()).find((job) => job.operation === 'sendOptions' && job.input.query === query);
    await expect.poll(async () => (await job())?.status).toBe('ready');
    return (await job())!;
  };
  await city.pressSequentially('Ber', { delay: 20 });
  const job = await asked('Ber');
  expect(job.input).toEqual({ field: 'city', query: 'Ber', values: { country: 'DE' } });
  await expect(dialog.getByText('Looking…')).toBeVisible();
  await call('PATCH', `/jobs/${job.id}`, { metadata: { options: [{ value: 'b', label: 'Berlin' }, { value: 'n', label: 'Bern' }] } });
  await call('POST', `/jobs/${job.id}/complete`, {});
  await expect(dialog.getByRole('option')).toHaveText(['Berlin', 'Bern']);
  // Nobody answers: the words say so.
  await city.fill('Bo');
  await asked('Bo');
  await expect(dialog.getByText(/^Nobody answered/)).toBeVisible({ timeout: 15_000 });
  await city.fill('Bern');
  const again = await asked('Bern');
  await call('PATCH', `/jobs/${again.id}`, { metadata: { options: [{ value: 'n', label: 'Bern' }] } });
  await call('POST', `/jobs/${again.id}/complete`, {});
  await dialog.getByRole('option', { name: 'Bern' }).click();
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog).toBeHidden();
  expect((await sent()).input).toEqual({ country: 'DE', key: { type: 'secret', key: 'key' }, city: 'n' });
  // The history has the labels; the questions of the form are not in it.
  await page.getByRole('link', { name: /^Jobs/ }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Send' })).toHaveCount(1);
  await expect(page.getByText('sendOptions')).toHaveCount(0);
  await expect(page.getByText('hunter22')).toHaveCount(0);
});

test('a warning is read first, help is at hand, and the text depends on the records', async ({ page, request, server, checkAccessibility }) => {
  const action = {
    description: 'Send?',
    invalidConditionalMessaging: true,
    validRecordsMessage: 'All of them are sent',
    invalidRecordsMessage: 'Those with errors are left out',
    guardrail: { content: '**Nobody** can take this back.\n\n<b onclick="alert(1)">Really</b>' },
    guide: { content: '# How it works\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[More](https://example.com)' },
  };
  const { call, open, sent, orders } = await openWithAction({ page, request, server }, action);
  let dialog = await open();
  await expect(dialog.getByText('Nobody can take this back.')).toBeVisible();
  await expect(dialog.locator('.guardrail b')).not.toHaveAttribute('onclick');
  await expect(dialog).not.toContainText('All 5 records');
  await checkAccessibility();
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog).toContainText('All of them are sent');
  await expect(dialog).toContainText('All 5 records');
  const help = dialog.getByText('Help', { exact: true });
  await expect(dialog.getByRole('heading', { name: 'How it works' })).toBeHidden();
  await help.click();
  await expect(dialog.getByRole('heading', { name: 'How it works' })).toBeVisible();
  await expect(dialog.getByRole('link', { name: 'More' })).toHaveAttribute('target', '_blank');
  await checkAccessibility();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await call('POST', `/sheets/${orders}/records`, [{ note: { value: 'no number' } }]);
  dialog = await open();
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog).toContainText('Those with errors are left out');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await sent();
});

test('what the server refuses is said at its input', async ({ page, request, server }) => {
  const fields = [input('name', 'enum', { config: { source: { sheet: 'customers', value: 'name' } } }), input('note', 'string')];
  const pages = [{ title: 'Who', fields: ['name'] }, { title: 'Note', fields: ['note'] }];
  const { call, open, people, jobs } = await openWithAction({ page, request, server }, { inputForm: { fields, pages } });
  const dialog = await open();
  await dialog.getByRole('combobox').fill('bob');
  await dialog.getByRole('option', { name: 'Bob' }).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
  // Meanwhile Bob goes.
  const { records } = await call('GET', `/sheets/${people}/records`);
  const bob = records.find((record: any) => record.values.name.value === 'Bob');
  await call('DELETE', `/sheets/${people}/records?ids=${bob.id}`);
  await dialog.getByRole('button', { name: 'Send' }).click();
  await expect(dialog.locator('.step-head')).toContainText('Who');
  await expect(dialog.getByText('The name is not one of the choices')).toBeVisible();
  expect(await jobs()).toEqual([]);
});

test('on a telephone the dialog is as wide as the screen', async ({ page, request, server, checkAccessibility }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const fields = [input('who', 'reference', { config: { source: { sheet: 'customers' } } }), input('file', 'file'), input('day', 'date')];
  const { open } = await openWithAction({ page, request, server }, { inputForm: { fields } });
  // Where the action stands on a narrow screen is another's matter: any way to it will do.
  const dialog = await open();
  const box = (await dialog.boundingBox())!;
  expect([box.x, box.width]).toEqual([0, 390]);
  await checkAccessibility();
});
