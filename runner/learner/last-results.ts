// The results of the block that ran last, to be looked at whole.

import type { Invocation } from '../invocation.ts';
import { formatResult } from '../prompt/format-result.ts';
import { page } from '../prompt/pager.ts';
import type { Style } from '../report/style.ts';
import type { RunEvent } from '../session/events.ts';

type Result = Extract<RunEvent, { type: 'statement-finished' }>;

export interface LastResults {
  readonly listen: (event: RunEvent) => void;
  readonly results: () => readonly Result[];
}

export function lastResults(): LastResults {
  let results: Result[] = [];
  return {
    listen(event) {
      if (event.type === 'block-started') results = [];
      else if (event.type === 'statement-finished' && event.columns.length > 0) results.push(event);
    },
    results: () => results,
  };
}

/** Through a pager. */
export async function showResults(
  results: readonly Result[],
  invocation: Invocation,
  style: Style,
): Promise<void> {
  const width = Number.POSITIVE_INFINITY; // a pager can go to the side
  const texts = results.map((result) => formatResult(result, { width, expanded: 'off', style }));
  if (texts.length === 0) invocation.stdout.write('There is no result to show.\n');
  else if (!(await page(texts.join('\n\n'), invocation))) invocation.stdout.write(`${texts.join('\n\n')}\n`);
}
