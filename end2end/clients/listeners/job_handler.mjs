// Answers jobs. It goes on when the space notes that it may, so that the test can look at each step.
import { FlatfileClient } from '@flatfile/api';
import { jobHandler } from '@flatfile/plugin-job-handler';

const api = new FlatfileClient();

/** Says how far it is until the space's metadata name that step: who is silent is given up. */
async function allowed(event, step, tick) {
  for (;;) {
    await tick();
    const { data: space } = await api.spaces.get(event.context.spaceId);
    if (space.metadata?.step === step) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export default function (listener) {
  listener.use(
    jobHandler('sheet:publish', async (event, tick) => {
      const { data: sheet } = await api.sheets.get(event.context.sheetId);
      await allowed(event, 'send', () => tick(25, `Reading ${sheet.name}`));
      await allowed(event, 'end', () => tick(75, 'Sending'));
      return { outcome: { heading: 'Published', acknowledge: true, message: `${sheet.name} is out.` } };
    }),
  );
  listener.use(
    jobHandler({ job: 'sheet:withdraw' }, async () => {
      throw new Error('The shop is closed');
    }),
  );
}
