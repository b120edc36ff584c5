// Jobs that a plugin answers, as the person sees them who pressed the button.
import { cells, expect, makeSpace, openSheet, shows, test } from './fixtures';

const action = (operation: string, label: string) => ({ operation, label, mode: 'foreground', primary: true, confirm: false });
const sheet = {
  name: 'Items',
  slug: 'items',
  fields: [{ key: 'name', type: 'string', label: 'Name' }],
  actions: [action('publish', 'Publish'), action('withdraw', 'Withdraw')],
};

test('the page shows the ticks of a job, its outcome, and what went wrong', shows('@flatfile/plugin-job-handler', '@flatfile/listener'), async ({ page, call, keys, listen }) => {
  await listen('job_handler.mjs');
  const made = await makeSpace({ call, keys }, { sheets: [sheet] });
  await call('POST', `/sheets/${made.sheet.id}/records`, cells([{ name: 'Ada' }]));
  await openSheet(page, made);

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const cover = page.locator('.cover');
  await expect(cover).toContainText('Reading Items');
  await expect(cover.getByRole('progressbar')).toHaveAttribute('value', '25');
  await call('PATCH', `/spaces/${made.space.id}`, { metadata: { step: 'send' } });
  await expect(cover).toContainText('Sending');
  await expect(cover.getByRole('progressbar')).toHaveAttribute('value', '75');
  await call('PATCH', `/spaces/${made.space.id}`, { metadata: { step: 'end' } });
  const outcome = page.getByRole('dialog', { name: 'Published' });
  await expect(outcome).toContainText('Items is out.');
  await outcome.getByRole('button').last().click();

  await page.getByRole('button', { name: 'Withdraw', exact: true }).click();
  const failure = page.getByRole('dialog', { name: 'Withdraw: failed' });
  await expect(failure).toContainText('The shop is closed');
});
