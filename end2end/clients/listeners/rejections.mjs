// Hands people to a desk that takes those with an e-mail address, and gives the others back.
import { FlatfileClient } from '@flatfile/api';
import { jobHandler } from '@flatfile/plugin-job-handler';
import { responseRejectionHandler } from '@flatfile/util-response-rejection';

const api = new FlatfileClient();

export default function (listener) {
  listener.use(
    jobHandler('sheet:hand-in', async ({ context: { sheetId } }) => {
      const { data } = await api.records.get(sheetId);
      const refused = data.records.filter(({ values }) => !values.email.value);
      const rejectedRecords = refused.map(({ id }) => ({ id, values: [{ field: 'email', message: 'The desk needs an address' }] }));
      return responseRejectionHandler({ id: sheetId, deleteSubmitted: true, sheets: [{ sheetId, rejectedRecords }] });
    }),
  );
}
