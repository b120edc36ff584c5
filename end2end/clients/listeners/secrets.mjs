// Uses a secret, and says no more of it than its end.
import { jobHandler } from '@flatfile/plugin-job-handler';

export default function (listener) {
  listener.use(
    jobHandler('workbook:check', async (event) => {
      const key = await event.secrets('CRM_KEY');
      return { outcome: { heading: 'Checked', acknowledge: true, message: `The key ends with ${key.slice(-4)}.` } };
    }),
  );
}
