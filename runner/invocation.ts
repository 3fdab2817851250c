// What a command knows of the process it runs in; handed down, so that tests can hand down another.
import type { ReadStream, WriteStream } from 'node:tty';

export interface Invocation {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** What a person types to call this program here: `lesson`, `npx lesson`, `node dist/bin.js`. */
  readonly command: string;
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream | WriteStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
  /** Aborts at the first SIGHUP, SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

export const exitCodes = {
  ok: 0,
  /** A check failed, SQL failed, a deadline passed. */
  failed: 1,
  /** Wrong usage or an invalid lesson. */
  usage: 2,
  /** No cluster, or it was lost. */
  cluster: 3,
  /** An error that nobody expected; EX_SOFTWARE of sysexits.h. */
  unexpected: 70,
} as const;
