// A headless Chromium: the one that LESSON_CHROMIUM names, or Debian's.
import { existsSync } from 'node:fs';
import { chromium as driver } from 'playwright-core';

const executablePath = process.env.LESSON_CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(executablePath);
if (!hasChromium) console.warn(`The page is neither tested nor measured: there is no ${executablePath}.`);

/** Root may start it only without its sandbox. */
export const launchChromium = () =>
  driver.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
