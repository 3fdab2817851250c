// A background block at work: one numbered row after another, and what became of each.
import { setTimeout as wait } from 'node:timers/promises';
import type { Written } from '../../checks/check.ts';
import type { Connection } from '../../connect/connection.ts';
import type { Counter } from '../../lesson/sql.ts';
import { until } from '../../system/until.ts';
import type { WriterReport } from '../events.ts';

export interface WriterOptions {
  readonly name: string;
  /** The INSERT with `$1`. */
  readonly sql: string;
  readonly counter: Counter;
  readonly everyMs: number;
  /** Asked again whenever a connection is lost: the node may have moved. */
  readonly connect: () => Promise<Connection>;
  readonly signal: AbortSignal;
}

export interface Writer extends Written {
  /** Resolves with whether a write was acknowledged within so many milliseconds; false at once where the server refuses one. */
  hasStarted(withinMs: number): Promise<boolean>;
  /**
   * Where writes have failed since one succeeded, first waits for the next that does. The report is the same however
   * often it is asked for.
   */
  stop(): Promise<WriterReport>;
}

/** One write; a server that is paused keeps its client waiting no longer. */
const writeDeadlineMs = 2_000;
const unanswered = `no answer within ${writeDeadlineMs / 1000} s`;
/** For the write that shows that all is well again. */
const recoveryDeadlineMs = 10_000;
const pollMs = 5;
const shownErrors = 3;

export function startWriter({ name, sql, counter, everyMs, connect, signal }: WriterOptions): Writer {
  const acknowledged: number[] = [];
  const errors: string[] = [];
  let refused = 0;
  let firstRefused: number | undefined;
  let outageMs = 0;
  let isDown = false;
  const stopping = new AbortController();
  const ended = AbortSignal.any([signal, stopping.signal]);

  const note = (failure: string | undefined, n: number, begun: number) => {
    if (failure !== undefined) firstRefused ??= begun;
    if (isDown || failure !== undefined) outageMs = performance.now() - (firstRefused ?? begun);
    if (failure === undefined) acknowledged.push(n);
    else {
      refused += 1;
      if (errors.length < shownErrors && !errors.includes(failure)) errors.push(failure);
    }
    isDown = failure !== undefined;
  };

  const work = async () => {
    let connection: Connection | undefined;
    for (let n = 1; !ended.aborted; n += 1) {
      const due = wait(everyMs, undefined, { signal: ended }).catch(() => {});
      const begun = performance.now();
      try {
        if (connection === undefined || connection.lost) connection = await open(connect, sql, ended);
        note(await write(connection, n, signal), n, begun);
      } catch (error) {
        if (!ended.aborted) note((error as Error).message, n, begun);
      }
      await due;
    }
    await connection?.close();
  };
  const working = work();

  const untilTrue = async (isTrue: () => boolean, timeoutMs: number) => {
    await until(isTrue, { signal: ended, timeoutMs, everyMs: pollMs }).catch(() => {}); // it ends
  };
  return {
    name,
    ...counter,
    acknowledged,
    async hasStarted(withinMs) {
      const isRefused = () => errors.some((error) => error !== unanswered);
      await untilTrue(() => acknowledged.length > 0 || isRefused(), withinMs);
      return acknowledged.length > 0;
    },
    async stop() {
      await untilTrue(() => !isDown || acknowledged.length === 0, recoveryDeadlineMs);
      stopping.abort();
      await working;
      return { name, acknowledged: acknowledged.length, refused, outageMs, errors };
    },
  };
}

/** Not later than a write may take: a server that is paused takes connections, and says nothing. */
async function open(
  connect: WriterOptions['connect'],
  sql: string,
  signal: AbortSignal,
): Promise<Connection> {
  const limits = AbortSignal.any([signal, AbortSignal.timeout(writeDeadlineMs)]);
  const connecting = connect();
  const late = new Promise<never>((_, reject) => {
    limits.addEventListener('abort', () => reject(new Error(unanswered)), { once: true });
  });
  const connection = await Promise.race([connecting, late]).catch((error) => {
    connecting.then((connection) => connection.close()).catch(() => {});
    throw error;
  });
  const end = await connection.run(`PREPARE writer AS ${sql}`, { timeoutMs: writeDeadlineMs, signal });
  if (end.status === 'done') return connection;
  await connection.close();
  throw new Error(end.status === 'failed' ? describe(end.failure) : `no connection: ${end.status}`);
}

/** Why the row is not acknowledged; undefined where it is. */
async function write(connection: Connection, n: number, signal: AbortSignal): Promise<string | undefined> {
  let warning: string | undefined;
  const end = await connection.run(`EXECUTE writer(${n})`, {
    timeoutMs: writeDeadlineMs,
    signal,
    // Committed here, but on no standby: PostgreSQL reports success with a warning.
    onNotice: ({ message }) => {
      if (/synchronous replication/.test(message)) warning = message;
    },
  });
  switch (end.status) {
    case 'done':
      return warning;
    case 'failed':
      return describe(end.failure);
    case 'timed-out':
      return unanswered;
    case 'interrupted':
      return 'interrupted';
    case 'lost':
      return end.message;
  }
}

const describe = ({ sqlstate, message }: { readonly sqlstate: string; readonly message: string }) =>
  `${sqlstate}: ${message}`;
