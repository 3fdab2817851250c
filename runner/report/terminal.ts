// A run for people, at a terminal or in a log.
import type { LineReporter, ReporterOptions } from './reporter.ts';
import { summaryReporter } from './summary-reporter.ts';
import { walkReporter } from './walk-reporter.ts';

export const terminalReporter = (options: ReporterOptions): LineReporter =>
  options.detail === 'walk' ? walkReporter(options) : summaryReporter(options);
