// @flatfile/react in a page of another site, bundled as its users do.
import type { Page } from '@playwright/test';

import { acknowledge, bundled, cellAt, expect, people, submit, test, typeRecord } from './embed';
import { makeSpace, shows } from './fixtures';

/** A shop whose button opens the portal of a provider with these properties: for a new space, or for one that is there. */
const shop = (properties: string, preload: boolean, spaceId?: string) =>
  bundled(`
    import { createElement, useEffect } from 'react';
    import { createRoot } from 'react-dom/client';
    import { FlatfileProvider, Sheet, Space, useFlatfile } from '@flatfile/react';

    const onRecordHook = (record) => {
      if (record.get('first')) record.set('first', String(record.get('first')).toUpperCase());
      return record;
    };
    const onSubmit = async ({ sheet }) => {
      const all = await sheet.allData();
      say('submitted ' + all.records.map(({ values }) => values.first.value + ' ' + values.last.value));
    };

    function Shop() {
      const { openPortal } = useFlatfile();
      useEffect(() => {
        document.querySelector('#open').onclick = openPortal;
      });
      const sheet = createElement(Sheet, { config: ${people}, onRecordHook, onSubmit });
      return ${spaceId ? `createElement(Space, { id: '${spaceId}' }, sheet)` : 'sheet'};
    }

    const { apiUrl, spaceUrl } = server;
    const provider = { apiUrl, config: { spaceUrl, preload: ${preload} }, ...${properties} };
    createRoot(document.querySelector('#place')).render(createElement(FlatfileProvider, provider, createElement(Shop)));
  `);

/** A person adds a record and submits it; the page hears of it. */
async function importOne(page: Page) {
  await typeRecord(page, ['ada', 'Lovelace']);
  await expect(cellAt(page, 0, 0)).toHaveText('ADA');
  await submit(page, 'Submit');
  await expect(page.locator('output')).toContainText('submitted ADA Lovelace');
  await acknowledge(page);
}

for (const preload of [true, false]) {
  const title = preload ? 'whose frame was there before' : 'in a frame made then';

  test(`a provider opens a space that its server has made, ${title}`, shows('@flatfile/react'), async ({ page, embed, call, keys }) => {
    const actions = [{ operation: 'sheetSubmitAction-people', mode: 'foreground', label: 'jobs.submit.button.defaultLabel', primary: true }];
    const { space } = await makeSpace({ call, keys }, { sheets: [JSON.parse(people)], actions });
    await embed(shop(JSON.stringify({ accessToken: space.accessToken }), preload, space.id));
    await importOne(page);
  });

  test(`a provider opens a new space, ${title}`, shows('@flatfile/react'), async ({ page, embed }) => {
    await embed(shop('{ publishableKey }', preload));
    await importOne(page);
  });
}
