// `lesson open` on a course that a test writes, and a browser that looks at it.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { openSandbox, type Running, type Sandbox } from './binary.ts';
import { launchChromium } from './chromium.ts';

export interface TestPage {
  readonly sandbox: Sandbox;
  readonly server: Running;
  readonly browser: Browser;
  readonly page: Page;
  readonly url: string;
  /** What the browser complained of, such as a style that the policy refuses. */
  readonly complaints: string[];
  /** One more; of the same browser where its context is given. */
  readonly openPage: (context?: BrowserContext) => Promise<Page>;
  readonly cell: (id: string, on?: Page) => Locator;
  readonly standing: (id: string, status: string, on?: Page) => Locator;
  /** Writes this into a cell, in the place of what is there. */
  readonly write: (id: string, text: string) => Promise<void>;
  /** Ends the browser and the server, and removes the cluster. */
  readonly close: () => Promise<void>;
}

/** @param first The lesson that is opened. */
export async function openTestPage(
  lessons: Readonly<Record<string, string>>,
  first: string,
): Promise<TestPage> {
  const sandbox = await openSandbox();
  await sandbox.writeLessons(lessons);
  const server = sandbox.start('open', first, '--no-browser', '--trust', '--lessons', 'lessons');
  const url = (await server.printed('\n')).split('\n')[0]!;
  const browser = await launchChromium();
  const complaints: string[] = [];

  async function openPage(context?: BrowserContext): Promise<Page> {
    const opened = await (context ?? (await browser.newContext())).newPage();
    opened.setDefaultTimeout(120_000);
    opened.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    opened.on('pageerror', (error) => complaints.push(error.message));
    await opened.goto(url);
    await opened.locator('article h1').waitFor();
    return opened;
  }

  const page = await openPage();
  const cell = (id: string, on = page) => on.locator(`[data-block="${id}"]`);
  return {
    sandbox,
    server,
    browser,
    page,
    url,
    complaints,
    openPage,
    cell,
    standing: (id, status, on = page) => cell(id, on).and(on.locator(`.${status}`)),
    async write(id, text) {
      await cell(id).scrollIntoViewIfNeeded();
      await cell(id).getByRole('textbox').focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText(text);
    },
    async close() {
      await browser.close();
      server.child.kill('SIGINT');
      await server.ended;
      await sandbox.remove();
    },
  };
}
