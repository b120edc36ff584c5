// A program that answers each line with a line of numbers: our queue, another's, or the bare database.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts it and waits until it says that it is ready. `ask` gives the numbers, `stop` waits until it has ended. */
export async function peer(program, words) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${program} ${words.join(' ')} ended; its own words stand above`);
    return value;
  };
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  await next();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    return (await next()).trim().split(' ').map(Number);
  };
  return { ask, stop };
}
