// Large results on the page: what is shown of them, and what they cost.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '../support/chromium.ts';
import { openTestPage, type TestPage } from '../support/page.ts';

const rows = `---
init: false
---
# Rows

## Many

\`\`\`sql
SELECT 1;
\`\`\`
`;

describe.skipIf(!hasChromium)('a large result', () => {
  let opened: TestPage;
  let page: Page;
  const id = 'many/1';
  const table = () => opened.cell(id).getByRole('table');
  const shown = () => table().locator('tbody td:first-child').allInnerTexts();

  beforeAll(async () => {
    opened = await openTestPage({ '01-rows': rows }, '01-rows');
    ({ page } = opened);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });
  afterAll(() => opened.close());

  async function run(sql: string, counted: string): Promise<void> {
    await opened.write(id, sql);
    await page.keyboard.press('Control+Enter');
    await opened.cell(id).getByText(counted).waitFor();
  }

  test('has its first 10,000 rows on the page, and those in sight in the document', async () => {
    await run(
      "SELECT n, 'row ' || n AS text FROM generate_series(1, 20000) AS n",
      'the first 10,000 of 20,000 rows',
    );
    expect(await table().locator('tr').count()).toBeLessThan(60);
    const box = opened.cell(id).getByRole('region', { name: 'Result' });
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await table().getByRole('cell', { name: '10000', exact: true }).waitFor();
    const header = await table().getByRole('columnheader').first().boundingBox();
    expect(header!.y - (await box.boundingBox())!.y).toBeLessThan(3); // it stays in sight
    await table().getByRole('button', { name: 'n', exact: true }).click();
    await table().getByRole('button', { name: 'n', exact: true }).click();
    await box.evaluate((element) => element.scrollTo(0, 0));
    await table().getByRole('cell', { name: '10000', exact: true }).waitFor();
    expect((await shown())[0]).toBe('10000');
  });

  test('is copied as it is sorted', async () => {
    await opened.cell(id).getByRole('button', { name: 'Copy as CSV' }).click();
    await opened.cell(id).getByText('Copied 10,000 rows as CSV.').waitFor();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split('\r\n');
    expect(lines.slice(0, 2)).toEqual(['n,text', '10000,row 10000']);
    expect(lines).toHaveLength(10_002); // a header, and nothing after the last
  });

  test('of five million rows leaves the memory of the server flat', async () => {
    const before = await peakOf(opened.server.child.pid!);
    await run('SELECT * FROM generate_series(1, 5000000)', 'of 5,000,000 rows');
    expect((await peakOf(opened.server.child.pid!)) - before).toBeLessThan(120);
  });
});

/** The most memory that a process has had, in MB. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
