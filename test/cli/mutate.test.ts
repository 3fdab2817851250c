// `lesson check --mutate` changes the database behind the back of a lesson, and names what nothing noticed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
  await sandbox.run('up');
});

afterAll(() => sandbox.remove());

/** There are three changes of it: another value, a row less, a row more. */
const lesson = (check: string) =>
  [
    '---\ninit: false\n---\n# A\n\n## S\n',
    '```sql\nCREATE TABLE t (ok boolean);\nINSERT INTO t VALUES (true);\n```',
    `\`\`\`sql\nSELECT\n\`\`\`\n\`\`\`check\n${check}\n\`\`\``,
  ].join('\n');

const mutate = async (text: string) => {
  await sandbox.writeLessons({ '01-a': text });
  return sandbox.run('check', '--mutate', '5m');
};

test('a lesson whose last check sees every change', async () => {
  const all = `true: {is: "SELECT count(*) = 1 AND bool_and(ok) FROM t", claim: "t has one row"}`;
  const { exitCode, stdout } = await mutate(lesson(all));
  expect(stdout).toContain('✓ 6 of 6 changes noticed, 100 %');
  expect(exitCode).toBe(0);
});

test('a change that only a weak check sees not is named with the block', async () => {
  const { exitCode, stdout } = await mutate(lesson('rows: {t: 1}'));
  expect(stdout).toContain('✗ 4 of 6 changes noticed, 66 %');
  expect(stdout).toContain('nothing noticed that a value of ok in t is changed  lessons/01-a.md:8');
  expect(stdout).toContain('nothing noticed that a value of ok in t is changed  lessons/01-a.md:12');
  expect(stdout).toMatch(/\n✗ FAILED: 1 lesson noticed less than 95 % of the changes\n$/);
  expect(exitCode).toBe(1);
});

test('a lesson in which nothing can be changed has proved nothing', async () => {
  const { exitCode, stdout } = await mutate('---\ninit: false\n---\n# A\n\n## S\n\n```sql\nSELECT 1;\n```');
  expect(stdout).toContain('✗ no changes tried');
  expect(exitCode).toBe(1);
});
