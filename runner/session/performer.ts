// What a session does to its cluster: the reset, the blocks, their sessions and writers.
import { readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../cluster/port.ts';
import { InitSqlError } from '../cluster/reset/init-sql.ts';
import { UserError } from '../errors.ts';
import { type Captured, fillSql } from '../lesson/captures.ts';
import { fillBlock } from '../lesson/fill-block.ts';
import { placeInSetup, setupOf, shippedSetup } from '../lesson/setup.ts';
import type { Block, Lesson } from '../lesson/types.ts';
import { openCheckpoints } from './blocks/checkpoints.ts';
import { openConnections } from './blocks/connections.ts';
import type { StateRecord } from './blocks/judge-state.ts';
import { openProbes } from './blocks/probes.ts';
import { withoutVerdicts } from './blocks/replay.ts';
import { type BlockContext, type BlockEnd, runBlock } from './blocks/run-block.ts';
import type { ShellEnvironment } from './blocks/shell-block.ts';
import { watchTraces } from './blocks/traces.ts';
import { type KnownWriters, openWriters } from './blocks/writers.ts';
import type { FailedOutcome, LessonEvent, Outcome, WriterReport } from './events.ts';
import type { AttemptEnd, Completion, Effect } from './operation.ts';
import type { Accepted } from './plan.ts';
import type { Sandbox } from './sandbox.ts';

export interface PerformerContext {
  readonly cluster: Cluster;
  readonly lesson: Lesson;
  /** The text of `init.sql`; undefined where it is left out. */
  readonly initSql: string | undefined;
  readonly states: StateRecord | undefined;
  readonly shell: () => Promise<ShellEnvironment>;
  readonly afterStatements?: () => Promise<void>;
  readonly shownRows?: number;
  readonly sandbox?: Sandbox;
  readonly onJudged?: (outcomes: readonly Outcome[]) => void;
  readonly signal: AbortSignal;
}

export type RunEffect = Extract<Effect, { do: 'run' }>;

export interface Performer {
  /**
   * Background blocks, sessions and databases are as at the start of a lesson, or as so many blocks of the path leave them.
   * Returns how long it took, in milliseconds.
   */
  reset(path?: readonly Accepted[]): Promise<Omit<Extract<Completion, { done: 'reset' }>, 'done'>>;
  /** What comes after it waits until it is done. */
  keepCheckpoint(effect: Extract<Effect, { do: 'keep-checkpoint' }>): Promise<void>;
  run(effect: RunEffect, emit: (event: LessonEvent) => void): Promise<AttemptEnd>;
  /** Stops the block that runs. */
  cancel(): void;
  stopWriters(): Promise<readonly WriterReport[]>;
  /** Nothing may be under way. */
  close(): Promise<void>;
}

export function openPerformer({
  cluster,
  lesson,
  initSql,
  states,
  shell,
  afterStatements,
  shownRows,
  sandbox,
  onJudged,
  signal,
}: PerformerContext): Performer {
  const connections = openConnections(cluster);
  const probes = openProbes(cluster);
  const answerProbes = sandbox && openProbes({ connect: sandbox.probe });
  const checkpoints = openCheckpoints(cluster, connections, async () => readdir((await shell()).cwd), signal);
  /** How long the blocks took that have run since the reset, or the checkpoint. */
  let replayMs = 0;
  let writers = newWriters();
  /** Those that had written at the checkpoint. */
  let keptWriters: KnownWriters = new Map();
  /** What had been captured there. */
  let keptCaptured: Captured = {};
  let running = new AbortController();

  function newWriters(ended?: KnownWriters) {
    const ending = new AbortController();
    return { ending, ...openWriters(cluster, AbortSignal.any([signal, ending.signal]), ended) };
  }

  const resetTo = (sql: string | undefined): Promise<void> =>
    cluster.reset({ signal, ...(sql !== undefined && { initSql: sql }) }).catch((error) => {
      throw error instanceof InitSqlError ? withOwnPlace(error, lesson, initSql) : error;
    });

  const close = async (): Promise<void> => {
    await checkpoints.settled();
    writers.ending.abort();
    await Promise.all([writers.stop(), connections.closeAll(), probes.closeAll(), answerProbes?.closeAll()]);
  };

  return {
    async reset(path) {
      const started = performance.now();
      await close();
      const restored = path && (await checkpoints.restore(path));
      writers = newWriters(restored === undefined ? undefined : keptWriters);
      if (restored === undefined) await resetTo(setupOf(lesson, initSql));
      replayMs = 0;
      const ms = performance.now() - started;
      return restored === undefined ? { ms } : { ms, restored, captured: keptCaptured };
    },
    async keepCheckpoint({ path, captured, insteadOf }) {
      if (!(await checkpoints.keep(path, { replayMs, insteadOf }))) return;
      replayMs = 0;
      keptWriters = writers.all();
      keptCaptured = captured;
    },
    async run({ block: { block: whole }, text: written, captured, afterMs, watch, isReplay, work }, emit) {
      const block = fillBlock(placed(isReplay ? withoutVerdicts(whole) : whole, written), captured);
      const fill = (sql: string) => (block.kind === 'sql' ? fillSql(sql, captured) : sql);
      const text = fill(written);
      const own = new AbortController();
      const started = performance.now();
      const stop = () => own.abort(signal.reason);
      running = own;
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const context: BlockContext = {
        cluster,
        connections,
        probes,
        writers,
        ...(states && { states }),
        shell: async () => withVariables(await shell(), captured),
        captured,
        emit,
        signal: own.signal,
        ...(afterStatements && !isReplay && { afterStatements }),
        ...(shownRows !== undefined && { shownRows }),
        ...(work && { work: work.map(fill) }),
      };
      try {
        await checkpoints.settled();
        if (afterMs > 0) await pause(afterMs, undefined, { signal: own.signal }).catch(() => {});
        if (own.signal.aborted) return stoppedBefore(block, !signal.aborted);
        const traces = watch ? await watchTraces(block, text, context) : undefined;
        const isAnswer = watch && block.exercise !== undefined; // on a way runs the solution of the author
        const { isSettled, failure, ...end } = await runBlock(block, text, {
          ...context,
          ...(traces && { traces }),
          ...(isAnswer && sandbox && answerProbes && { sandbox, probes: answerProbes }),
        }).catch((error) => refusal(error, block));
        if (isAnswer) onJudged?.(end.outcomes);
        const cancelled = own.signal.aborted && !signal.aborted;
        if (cancelled && end.isWriting) await writers.stop(block.name);
        const isRefused =
          work !== undefined && !end.inTransaction && failure?.sqlstate.startsWith(refusedClass) === true;
        const changed = cancelled || !isSettled || (!isRefused && ((await traces?.left()) ?? true));
        return { ...end, isWriting: end.isWriting && !cancelled, cancelled, changed };
      } finally {
        signal.removeEventListener('abort', stop);
        if (!watch) replayMs += performance.now() - started;
      }
    },
    cancel: () => running.abort(),
    stopWriters: () => writers.stop(),
    close,
  };
}

/** What is wrong in a file of the lesson ends the lesson alone. */
function withOwnPlace(error: InitSqlError, lesson: Lesson, initSql: string | undefined): UserError {
  const place = placeInSetup(lesson, initSql, error.place?.line ?? 1);
  if (place.file === shippedSetup) return error;
  const hint = 'The lesson starts with this file. Correct it.';
  return new UserError(error.message, { code: 'lesson', place, hint, cause: error });
}

/** An answer of the author has a place of its own in the lesson. */
function placed(block: Block, text: string): Block {
  const { solutions = [], wrongAnswers = [] } = block.exercise ?? {};
  const answer = [...solutions, ...wrongAnswers].find((each) => each.text === text);
  return answer && text !== block.text ? { ...block, place: answer.place } : block;
}

/** A shell block has the captured values as variables of the same names. */
const withVariables = ({ cwd, env }: ShellEnvironment, captured: Captured): ShellEnvironment => ({
  cwd,
  env: { ...env, ...captured },
});

/** A block that was stopped in the pause before it. */
function stoppedBefore(block: Block, cancelled: boolean): AttemptEnd {
  const outcomes = [failureOf(block, 'interrupted')];
  return { outcomes, ...untouched, cancelled, changed: false, ranThrough: false };
}

const untouched = { lost: false, isWriting: false, inTransaction: false } as const;

/** "Syntax Error or Access Rule Violation": a statement that failed so has not begun to write. */
const refusedClass = '42';

/** What a learner wrote may be no SQL at all: that fails the block, not the lesson. */
function refusal(error: unknown, block: Block): BlockEnd {
  if (!(error instanceof UserError) || error.code !== 'lesson') throw error;
  return {
    outcomes: [failureOf(block, error.message)],
    ...untouched,
    isSettled: true,
    ranThrough: false,
    failure: { sqlstate: `${refusedClass}601`, message: error.message },
  };
}

const failureOf = ({ kind, place }: Block, actual: string): FailedOutcome => ({
  status: 'failed',
  title: kind === 'sql' ? 'SQL' : 'shell',
  place,
  expected: 'no error',
  actual,
});
