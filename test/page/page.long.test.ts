// `lesson open` as a learner has it: a small course in a real browser, by clicking and by keyboard.
import { Client } from 'pg';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { hasChromium } from '../support/chromium.ts';
import { learnerLesson, rightAnswer, wrongAnswer } from '../support/learner-lesson.ts';
import { openTestPage, type TestPage } from '../support/page.ts';

const other = `# Other

See [the first](01-learn.md) or <script>document.title = 'attacked'</script>.

## Say

\`\`\`sql
SELECT '<img src=x onerror="document.title=1">' AS markup;
\`\`\`

\`\`\`bash
lesson url | grep -c postgres
\`\`\`
`;

const withWordAfter = learnerLesson.replace('\n## Look', '\nNow rows are found by a.\n\n## Look');

describe.skipIf(!hasChromium)('the page', () => {
  let opened: TestPage;
  let page: Page;
  const cell: TestPage['cell'] = (...of) => opened.cell(...of);
  const standing: TestPage['standing'] = (...of) => opened.standing(...of);
  const write: TestPage['write'] = (...of) => opened.write(...of);

  beforeAll(async () => {
    opened = await openTestPage({ '01-learn': withWordAfter, '02-other': other }, '01-learn');
    ({ page } = opened);
  });
  afterAll(async () => {
    await opened.close();
    const { exitCode, stderr } = await opened.server.ended;
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 130,
      stderr: expect.stringContaining('keeps running'),
    });
  });
  beforeEach(() => {
    opened.complaints.length = 0;
  });

  test('the token leaves the address, and nothing can be asked without it', async () => {
    expect(page.url()).toMatch(/\/01-learn$/);
    const stranger = await opened.browser.newContext();
    const asked = await stranger.request.get(new URL('/api/course', opened.url).href);
    expect(asked.status()).toBe(401);
    await stranger.close();
  });

  test('a cell runs by clicking, and by keyboard goes on to the next', async () => {
    await cell('make-a-table/1').getByRole('button', { name: 'Run', exact: true }).click();
    await standing('make-a-table/1', 'passed').waitFor();
    await cell('make-a-table/1').getByRole('button', { name: 'Restore' }).click();
    await page.locator('[data-block="make-a-table/1"] button.main:enabled').waitFor();
    await cell('make-a-table/1').getByRole('textbox').focus();
    await page.keyboard.press('Shift+Enter');
    await page.locator('[data-block="your-turn/1"] .cm-content:focus').waitFor();
    await standing('make-a-table/1', 'passed').waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('an error is marked in the cell', async () => {
    await write('make-a-table/1', 'SELECT nowhere;');
    await page.keyboard.press('Control+Enter');
    await cell('make-a-table/1').getByRole('alert').waitFor();
    expect(await cell('make-a-table/1').locator('.error-at').innerText()).toBe('nowhere');
    await cell('make-a-table/1').getByRole('button', { name: 'Author’s text' }).click();
    expect(await cell('make-a-table/1').locator('.error-at').count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  });

  test('who types faster than the page is drawn loses nothing', async () => {
    await write('make-a-table/1', '');
    const typed = 'SELECT 1; -- as fast as it comes';
    await Promise.all([...typed].map((key) => page.keyboard.press(key)));
    await expect.poll(() => cell('make-a-table/1').getByRole('textbox').innerText()).toBe(typed);
    await cell('make-a-table/1').getByRole('button', { name: 'Author’s text' }).click();
    expect(await cell('make-a-table/1').getByRole('textbox').innerText()).toBe(
      'CREATE TABLE t (a int, b int);',
    );
  });

  test('completions are offered where the keyboard is, and nowhere else', async () => {
    await write('make-a-table/1', '');
    await page.evaluate(() => {
      document.execCommand('insertText', false, 'S');
      (document.activeElement as HTMLElement).blur();
    });
    await write('your-turn/1', 'S');
    await cell('your-turn/1').getByRole('listbox').waitFor();
    expect(await page.getByRole('listbox').count()).toBe(1);
    await page.keyboard.press('Escape');
    await cell('make-a-table/1').getByRole('button', { name: 'Author’s text' }).click();
  });

  test('an endless statement survives a reload, and ends when it is canceled', async () => {
    await write('make-a-table/1', 'SELECT pg_sleep(1000);');
    await page.keyboard.press('Control+Enter');
    await standing('make-a-table/1', 'running').waitFor();
    await page.reload();
    await standing('make-a-table/1', 'running').waitFor();
    await cell('make-a-table/1').getByRole('button', { name: 'Cancel' }).click();
    await standing('make-a-table/1', 'cancelled').waitFor({ timeout: 1_000 });
    expect(await cell('make-a-table/1').getByRole('textbox').innerText()).toBe('SELECT pg_sleep(1000);');
  });

  test('what was typed is there after a reload, in a cell of the lesson and in one of the learner', async () => {
    await write('make-a-table/1', 'SELECT 1; -- a draft');
    await cell('make-a-table/1').locator('xpath=following::button[contains(., "Scratch cell")][1]').click();
    const scratch = page.locator('.cell.scratch');
    await scratch.locator('.cm-content:focus').waitFor();
    await page.keyboard.insertText('CREATE TABLE mine AS SELECT 7 AS seven; SELECT seven FROM mine;');
    await page.keyboard.press('Control+Enter');
    await scratch.getByRole('cell', { name: '7' }).waitFor();
    await page.reload();
    await cell('make-a-table/1').getByText('SELECT 1; -- a draft').waitFor();
    await scratch.getByText('SELECT seven FROM mine').waitFor();
    await scratch.getByRole('button', { name: 'Remove' }).click();
    await cell('make-a-table/1').getByRole('button', { name: 'Author’s text' }).click();
    await cell('make-a-table/1').getByRole('button', { name: 'Run to here' }).click();
    await standing('make-a-table/1', 'passed').waitFor();
    const { stdout } = await opened.sandbox.run('psql', '--', '-Atc', "SELECT to_regclass('mine') IS NULL");
    expect(stdout).toBe('t\n'); // restored, whatever a scratch cell has made
    await page.reload();
    await page.locator('article h1').waitFor();
    expect(await page.locator('.cell.scratch').count()).toBe(0);
  });

  test('what the author says after an exercise waits for it', async () => {
    await page.getByText('Now rows').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Read it now' }).waitFor();
  });

  test('a wrong answer meets the word of its author, and is there after a reload', async () => {
    await write('your-turn/1', wrongAnswer);
    await page.keyboard.press('Control+Enter');
    await standing('your-turn/1', 'failed').waitFor();
    await cell('your-turn/1').getByText('Rows are found by a, not by b.').waitFor();
    await cell('your-turn/1').getByRole('button', { name: 'Hint' }).click();
    await cell('your-turn/1').getByText('The column is a.').waitFor();
    await page.reload();
    await cell('your-turn/1').getByText(wrongAnswer).waitFor();
    await cell('your-turn/1').getByText('The column is a.').waitFor();
  });

  test('the right one solves it in every tab, and then the solution is shown', async () => {
    const tab = await opened.openPage(page.context());
    await write('your-turn/1', `${rightAnswer} -- mine`);
    await cell('your-turn/1').getByRole('button', { name: 'Try it' }).click();
    await standing('your-turn/1', 'passed').waitFor();
    await cell('your-turn/1').getByText('Solution', { exact: true }).first().waitFor();
    await page.getByText('Now rows are found by a.').waitFor();
    await standing('your-turn/1', 'passed', tab).waitFor();
    expect(await tab.getByText('t is distributed by a').innerText()).toContain('✓');
    await tab.close();
  });

  test('a guess runs its cell', async () => {
    await cell('look/1').getByRole('button', { name: 'a', exact: true }).click();
    await standing('look/1', 'passed').waitFor();
    expect(await cell('look/1').getByRole('cell').allInnerTexts()).toEqual(['a']);
    await cell('look/1').getByText('You guessed right: a.').waitFor();
    await page.getByText('You have gone through this lesson.').waitFor();
  });

  test('checks turn green when the learner works in another client', async () => {
    await cell('your-turn/1').getByRole('button', { name: 'Restore' }).click();
    await page.locator('[data-block="your-turn/1"] button.main:enabled').waitFor();
    const { stdout: connectionString } = await opened.sandbox.run('url');
    const client = new Client({ connectionString: connectionString.trim() });
    await client.connect();
    await client.query(rightAnswer);
    await client.end();
    await standing('your-turn/1', 'passed').waitFor();
  });

  test('a node is killed and started, and its tiles go with it', async () => {
    const worker = page.getByRole('region', { name: /^worker-1/ });
    await worker.getByRole('button', { name: 'kill' }).click();
    await page.getByRole('region', { name: 'worker-1, worker, down' }).waitFor();
    await worker.getByRole('button', { name: 'start' }).click();
    await page.getByRole('region', { name: 'worker-1, worker, up' }).waitFor();
  });

  test('axe finds nothing serious', async () => {
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('on a slow network a cell runs, and its result comes', async () => {
    const slow = await opened.openPage(page.context());
    const network = await page.context().newCDPSession(slow);
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 500,
      downloadThroughput: 30_000,
      uploadThroughput: 30_000,
    });
    await cell('look/1', slow).getByRole('button', { name: 'Run', exact: true }).click();
    await standing('look/1', 'passed', slow).waitFor();
    await cell('look/1', slow).getByRole('cell', { name: 'a', exact: true }).waitFor();
    await slow.close();
  });

  test('another lesson opens in every tab, and markup in it is text', async () => {
    const tab = await opened.openPage(page.context());
    await page.getByRole('button', { name: 'Next lesson: Other' }).click();
    await tab.getByRole('heading', { name: 'Other' }).waitFor();
    await page.getByRole('button', { name: 'Run all' }).click();
    await standing('say/2', 'passed', tab).waitFor();
    expect(await cell('say/1').getByRole('cell').innerText()).toContain('<img');
    expect(await page.title()).toBe('Other · lesson');
    await page.getByRole('link', { name: 'the first' }).click();
    await tab.getByRole('heading', { name: 'Learn' }).waitFor();
    expect(opened.complaints).toEqual([]);
  });

  test('a presenter goes through the lesson by keys alone', async () => {
    await page.locator('[data-block="make-a-table/1"] button.main:enabled').waitFor();
    await page.keyboard.press('p');
    await page.getByText('0 of 3').waitFor();
    await page.getByRole('complementary', { name: 'Cluster' }).waitFor({ state: 'hidden' });
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.getByText('1 of 3').waitFor();
    await page.keyboard.press('c');
    await page.getByRole('complementary', { name: 'Cluster' }).waitFor();
    await page.getByText('1 of 3').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('c');
    await page.getByRole('complementary', { name: 'Cluster' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await standing('make-a-table/1', 'passed').waitFor();
    await page.locator('[data-block="your-turn/1"] button.main:enabled').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-block="your-turn/1"] .cm-content:focus').waitFor();
    await page.keyboard.press('ArrowRight'); // it is typed in now
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowLeft'); // from the first step, or from the second one
    await page.keyboard.press('ArrowLeft');
    await page.getByText('0 of 3').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Cluster' }).waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
