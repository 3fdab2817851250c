// One event a line, as `run/events.ts` declares them.
import type { Reporter } from './reporter.ts';

export function jsonReporter(): Reporter {
  return (event) => `${JSON.stringify(event)}\n`;
}
