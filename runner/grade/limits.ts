// What an answer may use. The server's own limits on time are no use: an answer can set `statement_timeout = 0`.
import type { Connection, SqlFailure, StatementEnd } from '../connect/connection.ts';
import { grouped } from '../lesson/grouped.ts';

export interface Limits {
  /** For all statements of an answer, in milliseconds. */
  readonly timeMs: number;
  /** Of all its results together. */
  readonly rows: number;
  /** What the databases of all nodes may grow by, in MB. */
  readonly diskMb: number;
  /** The address space of each process of a server, in MB. */
  readonly memoryMb: number;
}

export const usualLimits = { rows: 100_000, diskMb: 256, memoryMb: 1024 } as const;

/** One sentence for all of them: which one an answer meets first may depend on the machine. */
export const describeLimits = ({ timeMs, rows, diskMb, memoryMb }: Limits): string =>
  `it needs more than ${timeMs / 1000} s, ${grouped(rows)} rows, ${diskMb} MB of disk or ${memoryMb} MB of memory`;

export interface LimitedOptions {
  readonly limits: Pick<Limits, 'timeMs' | 'rows'>;
  /** Is called once. */
  readonly onExceeded: () => void;
  readonly onClose: () => Promise<void>;
}

/** A session whose statements end when the limits on time and rows are met. */
export function limited(inner: Connection, { limits, onExceeded, onClose }: LimitedOptions): Connection {
  const deadline = performance.now() + limits.timeMs;
  let rows = 0;
  return {
    get lost() {
      return inner.lost;
    },
    get inTransaction() {
      return inner.inTransaction;
    },
    async close() {
      await onClose();
      await inner.close();
    },
    async run(sql, { timeoutMs, signal, onRow, ...rest }) {
      const own = new AbortController();
      const end = await inner.run(sql, {
        ...rest,
        timeoutMs: Math.max(0, Math.min(timeoutMs, deadline - performance.now())),
        signal: AbortSignal.any([signal, own.signal]),
        onRow(row, columns) {
          rows += 1;
          if (rows > limits.rows) own.abort();
          else onRow?.(row, columns);
        },
      });
      const isOver = own.signal.aborted || end.status === 'timed-out' || isOutOfMemory(end);
      if (isOver) onExceeded();
      return own.signal.aborted && !signal.aborted
        ? { status: 'failed', failure: tooManyRows, ms: end.ms }
        : end;
    },
  };
}

/** A temporary file that is too large counts as the disk, and what `malloc` refuses as the memory. */
const isOutOfMemory = (end: StatementEnd): boolean =>
  end.status === 'failed' && ['53200', '53400', '53100'].includes(end.failure.sqlstate);

const tooManyRows: SqlFailure = { sqlstate: '53400', message: 'too many rows' };
