// Files that are sent for a form and then not needed: they go again, but for those that a job carries.
import { expect, test } from '../helper';
import { input, openWithAction } from './forms';

const file = (name: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from('hello') });

test('a file that was sent for a form goes when the form is given up, and stays with its job', async ({ page, request, server, complaints }) => {
  const { call, open, sent, space } = await openWithAction({ page, request, server }, { inputForm: { fields: [input('file', 'file')] } });
  const names = async () => (await call('GET', `/files?spaceId=${space}`)).map((one: { name: string }) => one.name).sort();
  const send = async (name: string) => {
    await dialog.locator('input[type=file]').setInputFiles(file(name));
    await expect(dialog.getByRole('button', { name: `Remove ${name}` })).toBeVisible();
    expect(await names()).toContain(name);
  };
  let dialog = await open();
  await send('removed.txt');
  await dialog.getByRole('button', { name: 'Remove removed.txt' }).click();
  await expect.poll(names).toEqual([]);

  await send('cancelled.txt');
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(names).toEqual([]);

  dialog = await open();
  await send('closed.txt');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(names).toEqual([]);

  // A job whose answer is lost may carry the file: it stays then, also when the person gives up.
  dialog = await open();
  await send('perhaps.txt');
  await page.route(/run_action/, (route) => route.abort());
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(dialog.getByRole('alert')).not.toBeEmpty();
  await page.unroute(/run_action/);
  for (const complaint of complaints.splice(0)) expect(complaint).toContain('net::ERR_FAILED');
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();

  dialog = await open();
  await send('carried.txt');
  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(dialog).toBeHidden();
  const job = await sent();
  // What is given up is deleted at once: one more that is, after the job was made, shows that the others stay.
  dialog = await open();
  await send('last.txt');
  await dialog.getByRole('button', { name: 'Remove last.txt' }).click();
  await expect.poll(names).toEqual(['carried.txt', 'perhaps.txt']);
  expect((await call('GET', `/files/${job.input.file}`)).name).toBe('carried.txt');
});
