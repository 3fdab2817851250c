// Text that is longer than the screen goes through a pager: $PAGER, else less.

import type { Invocation } from '../invocation.ts';
import { runInForeground } from '../system/foreground.ts';

/** Whether the text was shown: false where there is no pager. */
export async function page(text: string, invocation: Invocation): Promise<boolean> {
  const pager = invocation.env.PAGER?.trim();
  const input = `${text}\n`;
  const exitCode = pager
    ? await runInForeground(pager, [], { ...invocation, input, shell: true })
    : await runInForeground('less', ['-FRSX'], { ...invocation, input });
  return exitCode !== undefined;
}
