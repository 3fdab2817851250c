// One open session on a server. Statements run one at a time; rows stream by and are never collected here.
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import type { Address } from './address.ts';
import { limited, shorten } from './limit.ts';
import { sslOptions } from './tls.ts';

/** Cells are the text that PostgreSQL sends, of very large rows the first part of each; NULL is null. */
export type Row = readonly (string | null)[];

export interface StatementListener {
  onRow?(row: Row, columns: readonly string[]): void;
  onNotice?(notice: Notice): void;
}

export interface StatementOptions extends StatementListener {
  /** After so many milliseconds the statement is cancelled. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Notice {
  readonly severity: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** What PostgreSQL says of a statement that failed. */
export interface SqlFailure {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly context?: string;
  /** Where in the statement, in characters from 1. */
  readonly position?: number;
}

export type StatementEnd =
  | {
      readonly status: 'done';
      /** The command tag: `CREATE TABLE`, `INSERT 0 5`. */
      readonly command: string;
      /** Empty for a statement that returns none. */
      readonly columns: readonly string[];
      /** The positions of those whose type is one of numbers. */
      readonly numeric?: readonly number[];
      readonly rowCount: number;
      readonly ms: number;
    }
  | { readonly status: 'failed'; readonly failure: SqlFailure; readonly ms: number }
  | { readonly status: 'timed-out' | 'interrupted'; readonly ms: number }
  | { readonly status: 'lost'; readonly message: string; readonly ms: number };

export interface Connection {
  /** Runs one statement. Never throws: what went wrong is in the result. */
  run(sql: string, options: StatementOptions): Promise<StatementEnd>;
  /** Whether the server or the network ended the session. */
  readonly lost: boolean;
  /** Whether a transaction is open, one that has failed included. */
  readonly inTransaction: boolean;
  close(): Promise<void>;
}

/** How long a server may take to accept a connection, and a cancelled statement to end. */
const connectDeadlineMs = 10_000;
const cancelGraceMs = 2_000;

/** The settings that make the text of a value the same on every machine. */
const fixedSettings =
  '-c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex -c lc_messages=C';

/** Those that psql aligns right (`column_type_alignment` of its print.c), by their OIDs, `bigint` first. */
const numericTypes: ReadonlySet<number> = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

const plainText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** Opens a session with fixed settings; throws what `pg` throws where the server cannot be reached. */
export async function connect(address: Address): Promise<Connection> {
  const client = newClient(address, 'lesson', connectDeadlineMs, fixedSettings);
  let lost = false;
  const noteLoss = () => {
    lost = true;
  };
  let inTransaction = false;
  client.on('error', noteLoss).on('end', noteLoss);
  wireOf(client).on('readyForQuery', ({ status }: { readonly status: string }) => {
    inTransaction = status !== 'I';
  });
  await client.connect();

  const run = (sql: string, options: StatementOptions) =>
    lost ? Promise.resolve(lostBefore()) : runOn(client, address, sql, options, noteLoss);

  return {
    run,
    get lost() {
      return lost;
    },
    get inTransaction() {
      return inTransaction && !lost;
    },
    close: () => (lost ? Promise.resolve() : end(client)),
  };
}

function newClient(
  address: Address,
  applicationName: string,
  connectionTimeoutMillis: number,
  options?: string,
): pg.Client {
  const client = new pg.Client({
    ...address,
    ssl: sslOptions(address.tls),
    application_name: applicationName,
    connectionTimeoutMillis,
    keepAlive: true,
    options: [address.options, options].filter(Boolean).join(' '),
  });
  const wire = wireOf(client);
  const attach = wire.attachListeners.bind(wire);
  wire.attachListeners = (stream) => attach(limited(stream));
  return client;
}

/** What `pg` does not declare of itself. */
interface Wire extends EventEmitter {
  readonly stream: Socket;
  attachListeners(stream: EventEmitter): void;
}

const wireOf = (client: pg.Client) => (client as unknown as { readonly connection: Wire }).connection;

function lostBefore(): StatementEnd {
  return { status: 'lost', message: 'the connection had been closed', ms: 0 };
}

function runOn(
  client: pg.Client,
  address: Address,
  sql: string,
  options: StatementOptions,
  noteLoss: () => void,
) {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  // The tag is on the wire but not in pg's result, which keeps its first word only.
  const wire = wireOf(client);

  return new Promise<StatementEnd>((resolve) => {
    let reason: 'timed-out' | 'interrupted' | undefined;
    let command = '';
    let columns: readonly string[] | undefined;
    let received = 0;
    const cleanups: (() => void)[] = [];
    /** The server may carry out a cancel late: the next statement of the session must not meet it. */
    let cancelling: Promise<void> | undefined;
    const finish = (end: StatementEnd) => {
      for (const cleanup of cleanups.splice(0)) cleanup();
      if (cancelling) void cancelling.then(() => resolve(end));
      else resolve(end);
    };

    const stop = (why: 'timed-out' | 'interrupted') => {
      if (reason !== undefined) return;
      reason = why;
      const graceTimer = setTimeout(() => destroy(client), cancelGraceMs);
      cleanups.push(() => clearTimeout(graceTimer));
      cancelling = cancel(client, address);
    };
    const deadline = setTimeout(() => stop('timed-out'), options.timeoutMs);
    cleanups.push(() => clearTimeout(deadline));
    const onAbort = () => stop('interrupted');
    options.signal.addEventListener('abort', onAbort, { once: true });
    cleanups.push(() => options.signal.removeEventListener('abort', onAbort));
    if (options.signal.aborted) onAbort();

    const onTag = (message: { text: string }) => {
      command = message.text;
    };
    wire.on('commandComplete', onTag);
    cleanups.push(() => wire.off('commandComplete', onTag));
    const onNotice = (notice: Notice) => options.onNotice?.(pickNotice(notice));
    client.on('notice', onNotice as (notice: unknown) => void);
    cleanups.push(() => client.off('notice', onNotice as (notice: unknown) => void));

    const query = new pg.Query({ text: sql, rowMode: 'array', types: plainText } as pg.QueryConfig);
    query.on('row', (row, result) => {
      columns ??= result?.fields.map((field) => field.name) ?? [];
      received += 1;
      options.onRow?.(row as unknown as Row, columns);
    });
    query.on('error', (error) => {
      const ms = elapsed();
      // The server ends the session after a FATAL error; the socket says so only later.
      if (error instanceof pg.DatabaseError && error.severity === 'FATAL') noteLoss();
      if (reason !== undefined) finish({ status: reason, ms });
      else if (error instanceof pg.DatabaseError)
        finish({ status: 'failed', failure: pickFailure(error), ms });
      else finish({ status: 'lost', message: error.message, ms });
    });
    query.on('end', (result) => {
      const ms = elapsed();
      if (reason === 'interrupted') finish({ status: reason, ms });
      else {
        finish({
          status: 'done',
          command,
          columns: result.fields.map((field) => field.name),
          numeric: result.fields.flatMap(({ dataTypeID }, i) => (numericTypes.has(dataTypeID) ? [i] : [])),
          // The tags of SHOW and EXPLAIN count no rows; those of INSERT and the like count rows that do not come.
          rowCount: received || (result.rowCount ?? 0),
          ms,
        });
      }
    });
    client.query(query);
  });
}

async function cancel(client: pg.Client, address: Address): Promise<void> {
  const canceller = newClient(address, 'lesson cancel', cancelGraceMs);
  canceller.on('error', () => {});
  try {
    await canceller.connect();
    const { processID } = client as unknown as { processID: number };
    await canceller.query({
      text: 'SELECT pg_cancel_backend($1::int)',
      values: [processID],
      query_timeout: cancelGraceMs,
    } as pg.QueryConfig);
  } catch {
    // The server does not answer; after the grace period the caller closes the socket.
  } finally {
    destroy(canceller);
  }
}

/** pg waits for the server to close the connection, and one that is paused does not. */
async function end(client: pg.Client): Promise<void> {
  const graceTimer = setTimeout(() => destroy(client), cancelGraceMs);
  await client.end();
  clearTimeout(graceTimer);
}

function destroy(client: pg.Client): void {
  wireOf(client).stream.destroy();
}

function pickNotice({ severity, message, detail, hint }: Notice): Notice {
  return {
    severity,
    message: shorten(message),
    ...(detail ? { detail: shorten(detail) } : {}),
    ...(hint ? { hint: shorten(hint) } : {}),
  };
}

function pickFailure(error: pg.DatabaseError): SqlFailure {
  return {
    sqlstate: error.code ?? 'XX000',
    message: shorten(error.message),
    ...(error.detail ? { detail: shorten(error.detail) } : {}),
    ...(error.hint ? { hint: shorten(error.hint) } : {}),
    ...(error.where ? { context: shorten(error.where) } : {}),
    ...(error.position ? { position: Number(error.position) } : {}),
  };
}
