// The table of docs/clients.md: which client was seen at work in which test, and what came of it.
//
// With INLET_CLIENTS_TABLE=1, which is for runs of all tests of the clients, a run fails whose table is not the
// committed one, and leaves the new one there to be committed.
import type { FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../docs/clients.md', import.meta.url));
const [begin, end] = ['<!-- the table of the last run begins -->', '<!-- the table of the last run ends -->'];

const results = { expected: 'passed', flaky: 'passed', unexpected: 'FAILED', skipped: 'skipped' };

/** The name and version of an installed package. */
function installed(client: string) {
  const manifest = fileURLToPath(new URL(`node_modules/${client}/package.json`, import.meta.url));
  const { name, version } = JSON.parse(readFileSync(manifest, 'utf8'));
  return `\`${name}\` ${version}`;
}

/** One row for each client of each test, in an order that no run changes. */
function tableOf(tests: TestCase[]) {
  const rows = tests.flatMap((test) =>
    test.annotations
      .filter(({ type }) => type === 'client')
      .map(({ description }) => ({
        client: installed(description!),
        test: `\`${basename(test.location.file)}\``,
        line: test.location.line,
        words: `${results[test.outcome()]} | ${test.title}`,
      })),
  );
  rows.sort((one, other) => one.client.localeCompare(other.client, 'en') || one.test.localeCompare(other.test, 'en') || one.line - other.line);
  return ['| client | test | result | what it shows |', '|---|---|---|---|', ...rows.map(({ client, test, words }) => `| ${client} | ${test} | ${words} |`)].join('\n');
}

export default class Table implements Reporter {
  private tests: TestCase[] = [];

  onBegin(_: unknown, all: Suite) {
    this.tests = all.allTests().filter((test) => test.parent.project()?.name === 'clients');
  }

  onEnd({ status }: FullResult): { status: FullResult['status'] } | void {
    if (!process.env.INLET_CLIENTS_TABLE || status !== 'passed') return;
    const before = readFileSync(page, 'utf8');
    const [head, tail] = [before.slice(0, before.indexOf(begin)), before.slice(before.indexOf(end))];
    const after = `${head}${begin}\n${tableOf(this.tests)}\n${tail}`;
    if (after === before) return;
    writeFileSync(page, after);
    console.error('The table of docs/clients.md was not what this run gave. It is now: look at it, and commit it.');
    return { status: 'failed' };
  }

  printsToStdio() {
    return false;
  }
}
