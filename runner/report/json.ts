// One event a line, as `session/events.ts` declares them.
import type { LineReporter } from './reporter.ts';

export function jsonReporter(): LineReporter {
  return (event) => `${JSON.stringify(event)}\n`;
}
