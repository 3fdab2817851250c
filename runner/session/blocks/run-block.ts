// Runs one block and holds what happened against its expectations.

import type { Cluster } from '../../cluster/port.ts';
import type { Connection, SqlFailure } from '../../connect/connection.ts';
import type { Captured } from '../../lesson/captures.ts';
import { matchOutput } from '../../lesson/match.ts';
import type { Block, ShellBlock, SqlBlock } from '../../lesson/types.ts';
import type { LessonEvent, Outcome } from '../events.ts';
import type { Sandbox } from '../sandbox.ts';
import { holds } from '../state.ts';
import { capture } from './capture.ts';
import type { Connections } from './connections.ts';
import { judgeEnd, judgeExit, judgeResults } from './judge-run.ts';
import { judgeState, type StateRecord } from './judge-state.ts';
import { tryOtherData } from './other-data.ts';
import { openProbe, runChecks } from './run-checks.ts';
import { noteSettings, settingsOf, settleSettings } from './settings.ts';
import { runShell, type ShellEnvironment } from './shell-block.ts';
import { runSql, type SqlRun } from './sql-block.ts';
import type { Traces } from './traces.ts';
import type { Writers } from './writers.ts';

export interface BlockContext {
  readonly cluster: Cluster;
  /** The sessions of the lesson's blocks. */
  readonly connections: Connections;
  /** The sessions of the checks, which see only what is committed. */
  readonly probes: Connections;
  readonly writers: Writers;
  /** Absent where nothing was recorded. */
  readonly states?: StateRecord;
  readonly shell: () => Promise<ShellEnvironment>;
  /** By the blocks above; nothing unless given. */
  readonly captured?: Captured;
  /** Is called before anything but the results is looked at. */
  readonly afterStatements?: () => Promise<void>;
  /** How many rows a block may show, where that is more than usual. */
  readonly shownRows?: number;
  readonly emit: (event: LessonEvent) => void;
  readonly signal: AbortSignal;
  /** Set where the block is one statement of the work at an exercise: what ran before it. */
  readonly work?: readonly string[];
  /** Set where the block is an answer that does not run with the rights of the lesson. */
  readonly sandbox?: Sandbox;
  /** What the block leaves, where that is of use. */
  readonly traces?: Traces;
}

export interface BlockEnd {
  readonly outcomes: readonly Outcome[];
  /** The server or the network ended the session, and the lesson did not expect it. */
  readonly lost: boolean;
  /** Whether each statement came to its end: of one that was stopped nobody knows what it still does. */
  readonly isSettled: boolean;
  /** Whether all of it did what it says; an error is none also where the lesson expects it. */
  readonly ranThrough: boolean;
  /** Set where a statement failed. */
  readonly failure?: SqlFailure;
  readonly inTransaction: boolean;
  /** The only value of the last result. */
  readonly value?: string;
  /** What the block captured. */
  readonly captured?: Captured;
  /** A background block that is still writing. */
  readonly isWriting: boolean;
}

export async function runBlock(block: Block, text: string, context: BlockContext): Promise<BlockEnd> {
  switch (block.kind) {
    case 'sql':
      return block.everyMs === undefined
        ? runSqlBlock(block, text, context)
        : startBackground(block, text, context);
    case 'shell':
      return runShellBlock(block, text, context);
  }
}

async function runSqlBlock(block: SqlBlock, text: string, context: BlockContext): Promise<BlockEnd> {
  const { connections, sandbox } = context;
  const own = await connections.open(block.node, block.session);
  if (sandbox === undefined) return runSqlOn(own, block, text, context);
  const connection = await sandbox.answer(block.node, settingsOf(own.connection));
  try {
    return await runSqlOn({ connection, reopened: false }, block, text, context);
  } finally {
    await connection.close();
  }
}

async function runSqlOn(
  { connection, reopened }: Awaited<ReturnType<Connections['open']>>,
  block: SqlBlock,
  text: string,
  context: BlockContext,
): Promise<BlockEnd> {
  const { shownRows, emit, signal } = context;
  if (reopened) {
    const message = `the session on ${block.node} was lost and has been reopened: its settings and open transaction are gone`;
    emit({ type: 'notice', notice: { severity: 'LESSON', message } });
  }
  const error = block.expectations.find((expectation) => expectation.kind === 'error');
  const expected = block.expectations.filter((expectation) => expectation.kind === 'result');
  const errorExpected = error !== undefined;
  const run = await runSql(block, text, {
    connection,
    expected,
    errorExpected,
    ...(shownRows !== undefined && { shownRows }),
    emit,
    signal,
  });

  const { captured, outcomes: ofCapture } = capture(block, run);
  const outcomes: Outcome[] = [...judgeEnd(run, error, block), ...judgeResults(run, expected), ...ofCapture];
  if (block.stop !== undefined) await stopWriters(context, block.stop);
  await context.afterStatements?.();
  const { inTransaction } = connection;
  if (run.trouble?.end.status !== 'interrupted' && !(context.work && inTransaction)) {
    const asked = openProbe(block, context, connection, run);
    outcomes.push(...(await runChecks(block, asked, withCaptured(context, captured))));
    if (holds(outcomes)) outcomes.push(...(await judgeState(block, text, asked, context.states)));
    if (block.exercise !== undefined && holds(outcomes)) {
      outcomes.push(...(await runOtherData(block, run, connection, context)));
      if (holds(outcomes)) await settleSettings(connection, block, signal);
    }
  }
  if (block.exercise === undefined) noteSettings(connection, run.done);
  const end = run.trouble?.end;
  const how = end?.status ?? 'done';
  return {
    outcomes,
    lost: how === 'lost',
    isSettled: how === 'done' || how === 'failed',
    ranThrough: how === 'done',
    ...(end?.status === 'failed' && { failure: end.failure }),
    inTransaction,
    ...onlyValue(run),
    ...(captured && { captured }),
    isWriting: false,
  };
}

const withCaptured = (context: BlockContext, captured: Captured = {}): BlockContext => ({
  ...context,
  captured: { ...context.captured, ...captured },
});

function onlyValue({ results }: SqlRun): { readonly value?: string } {
  const { columns, rows } = results.at(-1) ?? { columns: [], rows: [] };
  const value = rows[0]?.[0];
  return columns.length === 1 && rows.length === 1 && value != null ? { value } : {};
}

async function startBackground(block: SqlBlock, text: string, context: BlockContext): Promise<BlockEnd> {
  const { place, timeoutMs } = block;
  const title = 'first write';
  if (await context.writers.start(block, text)) {
    const outcomes = await runChecks(block, openProbe(block, context), context);
    const claim = 'the server acknowledged the first write';
    const all: Outcome[] = [{ status: 'passed', title, place, claim }, ...outcomes];
    return { ...settled, outcomes: all, isWriting: true };
  }
  const [report] = await stopWriters(context, block.name);
  const expected = `a write that the server acknowledges within ${timeoutMs / 1000} s`;
  const actual = report?.errors.join('; ') || 'no answer';
  const refused: Outcome = { status: 'failed', title, place, expected, actual };
  return { ...settled, outcomes: [refused], ranThrough: false };
}

const settled = {
  lost: false,
  isSettled: true,
  ranThrough: true,
  inTransaction: false,
  isWriting: false,
} as const;

/** Tells what each has written. */
async function stopWriters({ writers, emit }: BlockContext, name: string | undefined) {
  const reports = await writers.stop(name);
  for (const report of reports) emit({ type: 'writer-stopped', ...report });
  return reports;
}

async function runShellBlock(block: ShellBlock, text: string, context: BlockContext): Promise<BlockEnd> {
  const { emit, signal } = context;
  const end = await runShell(block, text, await context.shell(), emit, signal);
  const outcomes: Outcome[] = judgeExit(end, block);
  const ranThrough = holds(outcomes);
  if (block.stop !== undefined) await stopWriters(context, block.stop);
  await context.afterStatements?.();
  for (const expectation of block.expectations) {
    if (expectation.kind !== 'output') continue;
    const difference = matchOutput(expectation, end.output);
    outcomes.push(
      difference === undefined
        ? { status: 'passed', title: 'output', place: expectation.place, claim: 'the output is as shown' }
        : { status: 'failed', title: 'output', ...difference },
    );
  }
  if (end.status !== 'interrupted') {
    const asked = openProbe(block, context);
    outcomes.push(...(await runChecks(block, asked, context)));
    if (holds(outcomes)) outcomes.push(...(await judgeState(block, text, asked, context.states)));
  }
  return { ...settled, outcomes, isSettled: end.status === 'exited', ranThrough };
}

async function runOtherData(
  block: SqlBlock,
  run: SqlRun,
  connection: Connection,
  { signal, traces }: BlockContext,
): Promise<readonly Outcome[]> {
  const others = block.expectations.filter((expectation) => expectation.kind === 'other-data');
  const statement = run.results.at(-1)?.statement;
  if (others.length === 0 || statement === undefined) return [];
  await traces?.left(); // the other data are rolled back, and yet take numbers of transactions
  const outcomes: Outcome[] = [];
  for (const otherData of others) {
    outcomes.push(await tryOtherData(block, otherData, { statement, connection, signal }));
  }
  return outcomes;
}
