// The cluster beside the lesson: what a tile tells, what is joined, and what moves.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { hasChromium } from '../support/chromium.ts';
import { openTestPage, type TestPage } from '../support/page.ts';

const lesson = `---
init: false
---
# Tiles

## Make

\`\`\`sql
SET citus.shard_count TO 4;
CREATE TABLE t (a int);
SELECT create_distributed_table('t', 'a');
CREATE TABLE r (b int);
SELECT create_reference_table('r');
\`\`\`

## Fill

\`\`\`sql
INSERT INTO t SELECT generate_series(1, 100);
\`\`\`

## Ask

\`\`\`sql
SELECT count(*) FROM t;
\`\`\`

## Move

\`\`\`sql
SELECT citus_move_shard_placement(
         (SELECT min(shardid) FROM citus_shards WHERE table_name = 't'::regclass AND nodename = 'worker-1'),
         'worker-1', 5432, 'worker-2', 5432, 'block_writes');
\`\`\`
`;

describe.skipIf(!hasChromium)('the cluster on the page', () => {
  let opened: TestPage;
  let page: Page;
  const run = async (id: string) => {
    await opened.cell(id).getByRole('button', { name: 'Run', exact: true }).click();
    await opened.standing(id, 'passed').waitFor();
  };
  const worker = (name: string) => page.getByRole('region', { name: new RegExp(`^${name},`) });
  const tiles = (name: string) => worker(name).getByRole('button', { name: /^t, shard/ });
  /** What has moved, by its classes. */
  const moved = () => page.evaluate(() => (globalThis as unknown as Moves).moves);
  const forget = () => page.evaluate(() => (globalThis as unknown as Moves).moves.splice(0));

  beforeAll(async () => {
    opened = await openTestPage({ '01-tiles': lesson }, '01-tiles');
    ({ page } = opened);
    await page.evaluate(() => {
      const moves: string[] = [];
      Object.assign(globalThis, { moves });
      const { animate } = Element.prototype;
      Element.prototype.animate = function (...args) {
        moves.push(this.className);
        return animate.apply(this, args);
      };
    });
  });
  afterAll(() => opened.close());

  test('rows that come fall into their tiles', async () => {
    await run('make/1');
    await expect.poll(() => tiles('worker-1').count(), { timeout: 30_000 }).toBe(2);
    await run('fill/1');
    await expect.poll(moved, { timeout: 30_000 }).toContain('dot drop');
  });

  test('a query goes out from the coordinator to each shard that it touches', async () => {
    await forget();
    await run('ask/1');
    const asked = async () => (await moved()).filter((what) => what === 'dot query').length;
    await expect.poll(asked, { timeout: 30_000 }).toBe(4);
    await expect.poll(() => page.locator('.dot').count(), { timeout: 30_000 }).toBe(0);
  });

  test('a tile tells its hashes, its size and its node, and a click shows its rows and the SQL for both', async () => {
    const tile = tiles('worker-1').first();
    await tile.hover();
    const tip = await page.locator('.tip').innerText();
    expect(tip).toMatch(/hashes -?\d+ to -?\d+\n\d+ rows, \d+ kB\non worker-1/);
    expect(await tile.getAttribute('aria-label')).toContain('hashes');
    await tile.click();
    const details = page.getByRole('region', { name: /^Shard \d+/ });
    await details.getByRole('table').waitFor();
    expect(await details.innerText()).toMatch(/FROM citus_shards[\s\S]*SELECT \* FROM t_\d+ LIMIT 20;/);
    expect(await details.getByRole('row').count()).toBeGreaterThan(10);
  });

  test('copies of a shard, and a standby and what it follows, are joined', async () => {
    const copies = page.locator('.links .copy');
    await expect.poll(() => copies.count(), { timeout: 30_000 }).toBeGreaterThan(0); // of the reference table
    await opened.sandbox.run('node', 'standby', 'worker-1');
    await expect.poll(() => page.locator('.links .follows').count(), { timeout: 30_000 }).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('a shard that is moved travels to its new node; where less motion is wanted, it is there', async () => {
    await forget();
    await run('move/1');
    await expect.poll(() => tiles('worker-2').count(), { timeout: 30_000 }).toBe(3);
    expect((await moved()).some((what) => what.startsWith('tile'))).toBe(true);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await forget();
    await run('ask/1');
    await page.getByText('Lit: the 4 shards of the last query').waitFor();
    expect(await moved()).toEqual([]);
  });
});

interface Moves {
  readonly moves: string[];
}
