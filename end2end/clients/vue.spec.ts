// @flatfile/vue in a page of another site, bundled as its users do.
import { bundled, cellAt, expect, people, submit, test, typeRecord } from './embed';
import { shows } from './fixtures';

const shop = bundled(`
  import { createApp, h, ref } from 'vue';
  import { initializeFlatfile } from '@flatfile/vue';

  const { Space, OpenEmbed } = initializeFlatfile({
    apiUrl: server.apiUrl, publishableKey, name: 'People', sheet: ${people}, displayAsModal: true,
    // Playwright takes no account of the padding that a frame has otherwise.
    iframeStyles: { width: '100%', height: '100%', padding: '0' },
    onRecordHook: (record) => {
      if (record.get('first')) record.set('first', String(record.get('first')).toUpperCase());
      return record;
    },
    onSubmit: async ({ sheet }) => {
      const all = await sheet.allData();
      say('submitted ' + all.records.map(({ values }) => values.first.value + ' ' + values.last.value));
    },
    closeSpace: { operation: 'simpleSubmitAction', onClose: () => say('closed') },
  });

  const isOpen = ref(false);
  document.querySelector('#open').onclick = async () => {
    isOpen.value = true;
    await OpenEmbed();
  };
  createApp({ setup: () => () => (isOpen.value ? h(Space) : null) }).mount('#place');
`);

test('a page imports into a new space and gets the records', shows('@flatfile/vue'), async ({ page, embed }) => {
  await embed(shop);
  await typeRecord(page, ['ada', 'Lovelace']);
  await expect(cellAt(page, 0, 0)).toHaveText('ADA');
  await submit(page);
  await expect(page.locator('output')).toContainText('submitted ADA Lovelace');
  await page.locator('.flatfile-close-button').click();
  await page.getByRole('button', { name: 'Yes, exit' }).click();
  await expect(page.locator('output')).toContainText('closed');
  await expect(page.locator('iframe')).toHaveCount(0);
});
