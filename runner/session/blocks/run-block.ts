// Runs one block and holds what happened against its expectations.

import type { Probe } from '../../checks/check.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { Connection, SqlFailure, StatementEnd } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import type { Captured } from '../../lesson/captures.ts';
import { fillCheck } from '../../lesson/check-template.ts';
import { checkValues } from '../../lesson/check-values.ts';
import { matchError, matchOutput } from '../../lesson/match.ts';
import { plural } from '../../lesson/plural.ts';
import type {
  Block,
  Check,
  ErrorExpectation,
  Place,
  ResultExpectation,
  ShellBlock,
  SqlBlock,
} from '../../lesson/types.ts';
import type { FailedOutcome, LessonEvent, Outcome } from '../events.ts';
import type { Sandbox } from '../sandbox.ts';
import { holds } from '../state.ts';
import { capture } from './capture.ts';
import type { Connections } from './connections.ts';
import { judgeHiding } from './hiding.ts';
import { judgeState, type StateRecord } from './judge-state.ts';
import { judgedStatements } from './judged-statements.ts';
import { tryOtherData } from './other-data.ts';
import { runCheck } from './run-check.ts';
import { noteSettings, settingsOf, settleSettings } from './settings.ts';
import { runShell, type ShellEnd, type ShellEnvironment } from './shell-block.ts';
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
    const asked = probe(block, context, connection, run);
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
    const outcomes = await runChecks(block, probe(block, context), context);
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
    const asked = probe(block, context);
    outcomes.push(...(await runChecks(block, asked, context)));
    if (holds(outcomes)) outcomes.push(...(await judgeState(block, text, asked, context.states)));
  }
  return { ...settled, outcomes, isSettled: end.status === 'exited', ranThrough };
}

/** While a learner works at an exercise, what may take a while is waited for only when all else holds. */
async function runChecks(
  { expectations, exercise, place }: Block,
  probe: Probe,
  { signal, work, captured = {} }: BlockContext,
): Promise<readonly Outcome[]> {
  const checks = expectations.flatMap((expectation) =>
    expectation.kind === 'checks' ? expectation.checks : [],
  );
  const inOrder = work ? [...checks].sort((a, b) => (a.eventuallyMs ?? 0) - (b.eventuallyMs ?? 0)) : checks;
  const outcomes: Outcome[] = [];
  if (exercise !== undefined && checks.length > 0) {
    const hiding = await judgeHiding(probe, place);
    if (hiding !== undefined) return [hiding]; // what checks would find is not to be trusted
  }
  for (const check of inOrder) {
    const filled = fillCheck(check, captured);
    if (filled === undefined) {
      outcomes.push(noValue(check));
      continue;
    }
    const { eventuallyMs: _, ...once } = filled;
    outcomes.push(...(await runCheck(work && !holds(outcomes) ? once : filled, probe, signal)));
  }
  return outcomes;
}

/** A captured value that cannot stand where its name does. */
const noValue = ({ kind, place }: Check): FailedOutcome => ({
  status: 'failed',
  title: kind,
  place,
  expected: checkValues[kind].form,
  actual: 'a captured value that is none',
});

function probe(
  block: Block,
  { cluster, probes, writers, signal, work = [] }: BlockContext,
  session?: Connection,
  run?: SqlRun,
): Probe {
  const ask = async (node: string, sql: string) => query((await probes.open(node)).connection, sql, signal);
  const isExercise = block.exercise !== undefined;
  const hasResult = block.expectations.some(({ kind }) => kind === 'result');
  const judged = judgedStatements({
    statements: [...work, ...(run?.statements ?? []).map(({ text }) => text)].map(withoutSemicolon),
    isExercise,
    ...(hasResult && { ofResult: run?.results.at(-1)?.statement.text }),
  });
  return {
    hasShards: cluster.kind !== 'postgres',
    coordinator: (sql) => ask('coordinator', sql),
    node: ask,
    nodes: () => cluster.nodes(),
    log: (node) => cluster.log(node, 20).catch(() => []),
    writers: () => [...writers.all().values()],
    session: (sql) => (session === undefined ? ask('coordinator', sql) : query(session, sql, signal)),
    block: { judgedStatements: judged, lastResult: run?.results.at(-1) },
  };
}

const withoutSemicolon = (text: string) => text.trim().replace(/;$/, '');

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

/** Whether the block ended as it should: without an error, or with the one that the lesson shows. */
function judgeEnd(run: SqlRun, error: ErrorExpectation | undefined, block: Block): Outcome[] {
  if (run.trouble === undefined) {
    if (error === undefined) return [];
    return [
      {
        status: 'failed',
        title: 'error',
        place: error.place,
        expected: describeError(error),
        actual: 'no error',
      },
    ];
  }
  const { end, place } = run.trouble;
  if (end.status === 'failed' && error !== undefined) {
    const { failure } = end;
    const about = { title: 'error', place: error.place };
    if (matchError(error, failure)) {
      return [{ status: 'passed', ...about, claim: `failed, as expected: ${failure.sqlstate}` }];
    }
    const expected = describeError(error);
    const actual = describeFailure(failure);
    return [{ status: 'failed', ...about, expected, actual, isCause: true, failure }];
  }
  return [
    {
      status: 'failed',
      title: 'SQL',
      place,
      expected: 'no error',
      actual: describeEnd(end, block),
      isCause: true,
      ...(end.status === 'failed' ? { failure: end.failure } : {}),
    },
  ];
}

function describeEnd(end: Exclude<StatementEnd, { status: 'done' }>, block: Block): string {
  switch (end.status) {
    case 'failed':
      return describeFailure(end.failure);
    case 'timed-out':
      return `timed out: not done within ${block.timeoutMs / 1000} s, and cancelled`;
    case 'interrupted':
      return 'interrupted';
    case 'lost':
      return `the connection was lost: ${end.message}`;
  }
}

function describeFailure({ sqlstate, message }: SqlFailure): string {
  return `${sqlstate}: ${message}`;
}

function describeError({ sqlstate, message }: ErrorExpectation): string {
  return [sqlstate, message].filter((part) => part !== undefined).join(': ') || 'an error';
}

/** The last k `result` fences describe the last k statements that return columns. */
function judgeResults({ results }: SqlRun, expected: readonly ResultExpectation[]): Outcome[] {
  const offset = results.length - expected.length;
  return expected.map((expectation, index): Outcome => {
    const { place } = expectation;
    const difference = results[offset + index]?.matchers[index]?.finish();
    const result = results[offset + index];
    if (result === undefined) return noResult(place, expectation);
    if (difference === undefined) {
      return { status: 'passed', title: 'result', place, claim: 'the result is as shown' };
    }
    return {
      status: 'failed',
      title: 'result',
      place,
      expected: countRows(expectation.rowCount ?? expectation.rows.length, expectation.open),
      actual: countRows(result.rowCount, false),
      difference,
    };
  });
}

function noResult(place: Place, { columns }: ResultExpectation): FailedOutcome {
  return {
    status: 'failed',
    title: 'result',
    place,
    expected: columns.length === 0 ? 'a result' : `a result with the columns ${columns.join(', ')}`,
    actual: 'no such result',
  };
}

function countRows(count: number, open: boolean): string {
  return `${open ? 'at least ' : ''}${plural(count, 'row')}`;
}

function exitClaim(code: number): string {
  return code === 0 ? 'the commands succeeded' : `failed, as expected: exit code ${code}`;
}

function judgeExit(end: ShellEnd, block: ShellBlock): Outcome[] {
  const expected = `exit code ${block.exit}`;
  const fail = (actual: string): Outcome[] => [
    { status: 'failed', title: 'shell', place: block.place, expected, actual, isCause: true },
  ];
  switch (end.status) {
    case 'exited':
      if (end.exitCode !== block.exit) return fail(`exit code ${end.exitCode}`);
      return [{ status: 'passed', title: expected, place: block.place, claim: exitClaim(block.exit) }];
    case 'killed':
      return fail(`ended by ${end.signal}`);
    case 'timed-out':
      return fail(`timed out: not done within ${block.timeoutMs / 1000} s, and killed`);
    case 'interrupted':
      return fail('interrupted');
  }
}
