// `lesson write`: the loop of an author, with the real binary.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.remove());

const lesson = (count: number) => `---
title: Written
init: false
---

## Rows

\`\`\`sql
CREATE TABLE written AS SELECT generate_series(1, 3) AS n;
\`\`\`

\`\`\`sql
SELECT count(*) FROM written;
\`\`\`
\`\`\`result
 count
-------
     ${count}
\`\`\`
`;

test('each text that is saved runs from what changed; what is no lesson is told', async () => {
  const folder = await sandbox.writeLessons({ '01-written': lesson(4) });
  const file = path.join(folder, '01-written.md');
  const { child, ended, printed } = sandbox.start('write', '1', '--trust');
  const seen: string[] = [];
  /** What it prints from here to the next time that it waits. */
  const next = async (mark: string) => {
    const all = await printed(mark);
    seen.push(all.slice(seen.join('').length));
    return seen.at(-1)!;
  };
  expect(await next('✗ Line 12 does not pass (2 blocks ran')).toContain('≠ 3');
  await writeFile(file, lesson(3));
  expect(await next('✓ All 2 blocks pass (1 block ran')).toContain('SELECT count(*) FROM written');
  await writeFile(file, lesson(3).replace('```sql\nSELECT', '```sql {no=such}\nSELECT'));
  await next('lessons/01-written.md:12: unknown sql option "no"');
  await writeFile(file, lesson(3).replace('## Rows', '## Many rows'));
  await next('✓ All 2 blocks pass (0 blocks ran');
  await writeFile(file, lesson(3).replace('init: false', 'init: true'));
  await next('The lesson starts with another cluster now.');
  child.kill('SIGINT');
  expect((await ended).exitCode).toBe(130);
});

test('a change of the SQL file that the lesson starts with is told', async () => {
  const folder = await sandbox.writeLessons({
    '01-written': '---\ninit: shop.sql\n---\n# A\n## S\n```sql\nSELECT FROM shop;\n```\n',
  });
  const setup = path.join(folder, 'shop.sql');
  await writeFile(setup, 'CREATE TABLE shop ();');
  const { child, ended, printed } = sandbox.start('write', '1', '--trust');
  await printed('✓ All 1 block pass (1 block ran');
  await writeFile(setup, 'CREATE TABLE shop (n int);');
  await printed('lessons/shop.sql has changed, and the lesson starts with it. Press Ctrl-C');
  child.kill('SIGINT');
  expect((await ended).exitCode).toBe(130);
});
