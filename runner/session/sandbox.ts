// Where an answer of a stranger runs: its sessions, and those in which its checks ask, are not those of the lesson.
import type { Connection } from '../connect/connection.ts';

export interface Sandbox {
  /** A new session for an answer, set as the session of the lesson is. */
  readonly answer: (node: string, settings: readonly string[]) => Promise<Connection>;
  /** A new session for checks, which may read everything and write nothing. */
  readonly probe: (node: string) => Promise<Connection>;
}
