// The driver hears of everything, whatever happens to the server and on the way to it.
import { expect, type Listener, shows, test as base } from './fixtures';
import { faults, startGateway } from './gateway';

type Gateway = Awaited<ReturnType<typeof startGateway>>;

const test = base.extend<{ gateway: Gateway; makeSpace: (name: string) => Promise<unknown> }>({
  gateway: async ({ server }, use) => {
    const gateway = await startGateway(server.url);
    await use(gateway);
    gateway.stop();
  },
  makeSpace: async ({ call, keys }, use) => use((name) => call('POST', '/spaces', { name, environmentId: keys.ENVIRONMENT_ID })),
});

const driver = shows('@flatfile/listener-driver-pubsub');

const heard = (listener: Listener) => [...listener.said().matchAll(/^heard of (.*)\.$/gm)].map(([, name]) => name);

/** Waits until it heard of those spaces: each once, and of no other since. */
async function expectHeard(listener: Listener, names: string[]) {
  await expect.poll(() => heard(listener), { timeout: 20_000 }).toEqual(names);
}

test('a server that starts again is found, and nothing is missed', driver, async ({ server, listen, makeSpace }) => {
  const listener = await listen('spaces.mjs');
  await makeSpace('before');
  await expectHeard(listener, ['before']);
  await server.restart();
  // At once: the driver has not come back yet.
  await makeSpace('while it was away');
  await expectHeard(listener, ['before', 'while it was away']);
  await makeSpace('after');
  await expectHeard(listener, ['before', 'while it was away', 'after']);
});

test('a token that is too old is renewed, and nothing is missed', driver, async ({ gateway, listen, makeSpace }) => {
  const listener = await listen('spaces.mjs', gateway);
  await makeSpace('before');
  await expectHeard(listener, ['before']);
  gateway.expireTokens();
  // It ends the poll; the next one has the old token.
  await makeSpace('with the old token');
  await makeSpace('meanwhile');
  await expectHeard(listener, ['before', 'with the old token', 'meanwhile']);
  await expect.poll(() => listener.said()).toContain('Reconnected');
});

test('answers that silence the driver do not, and nothing is missed', driver, async ({ gateway, listen, makeSpace }) => {
  test.setTimeout(120_000);
  const listener = await listen('spaces.mjs', gateway);
  const names: string[] = [];
  for (const [name, fault] of Object.entries(faults)) {
    gateway.spoil(fault);
    names.push(`before ${name}`);
    await makeSpace(`before ${name}`);
    await expect.poll(() => gateway.met(), name).toBeGreaterThan(0);
    names.push(`during ${name}`);
    await makeSpace(`during ${name}`);
    gateway.spoil();
    await expectHeard(listener, names);
  }
});
