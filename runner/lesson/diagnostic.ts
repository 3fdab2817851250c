// What `lesson lint` says of a lesson that parses.
import type { Problem } from './problem.ts';
import type { Place } from './types.ts';

export interface Diagnostic extends Problem {
  /** `error`: the lesson cannot pass; `warning`: it can, but teaches or checks less than it seems. */
  readonly level: 'error' | 'warning';
}

export type ReportDiagnostic = (level: Diagnostic['level'], place: Place, message: string) => void;
