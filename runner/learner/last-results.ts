// The results of the block that ran last, to be looked at whole.

import type { Invocation } from '../invocation.ts';
import { isExplainable } from '../map/touched-shards.ts';
import { formatResult } from '../prompt/format-result.ts';
import { page } from '../prompt/pager.ts';
import type { Style } from '../report/style.ts';
import type { FailedCheck, RunEvent } from '../session/events.ts';
import { failedChecks } from '../session/failed-checks.ts';

type Result = Extract<RunEvent, { type: 'statement-finished' }>;

export interface LastResults {
  readonly listen: (event: RunEvent) => void;
  readonly results: () => readonly Result[];
  /** What failed when the checks of an exercise were looked at last. */
  readonly failed: () => readonly FailedCheck[];
  /** A statement that can be explained. */
  readonly lastQuery: () => string | undefined;
}

export function lastResults(): LastResults {
  let results: Result[] = [];
  let lastQuery: string | undefined;
  let failed: readonly FailedCheck[] = [];
  return {
    listen(event) {
      if (event.type === 'block-started') results = [];
      if (event.type === 'exercise-checked') failed = failedChecks(event.outcomes);
      if (event.type !== 'statement-finished') return;
      if (event.columns.length > 0) results.push(event);
      if (isExplainable(event.sql)) lastQuery = event.sql;
    },
    results: () => results,
    lastQuery: () => lastQuery,
    failed: () => failed,
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
