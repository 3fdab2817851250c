// All reporters by the name that `--reporter` takes. To add one: its file, and a line here.
import type { Reporter, ReporterOptions } from './reporter.ts';

/** Loaded when asked for. */
const reporters = {
  terminal: async (options: ReporterOptions) => (await import('./terminal.ts')).terminalReporter(options),
  json: async () => (await import('./json.ts')).jsonReporter(),
  junit: async () => (await import('./junit.ts')).junitReporter(),
  tap: async () => (await import('./tap.ts')).tapReporter(),
  github: async (options: ReporterOptions) => (await import('./github.ts')).githubReporter(options),
};

export type ReporterName = keyof typeof reporters;

export const reporterNames = Object.keys(reporters) as readonly ReporterName[];

export function createReporter(name: ReporterName, options: ReporterOptions): Promise<Reporter> {
  return reporters[name](options);
}
