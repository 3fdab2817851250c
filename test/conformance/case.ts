// Runs one file of cases: a lesson's blocks in order, on a clean cluster, to the end also where some do not hold.
import { readFile } from 'node:fs/promises';
import type { Cluster, Engine } from '../../runner/cluster/port.ts';
import { parseLesson } from '../../runner/lesson/parse.ts';
import type { Block, Place } from '../../runner/lesson/types.ts';
import { openConnections } from '../../runner/session/blocks/connections.ts';
import { openProbes } from '../../runner/session/blocks/probes.ts';
import { type BlockContext, runBlock } from '../../runner/session/blocks/run-block.ts';
import { openWriters } from '../../runner/session/blocks/writers.ts';
import type { LessonEvent, Outcome } from '../../runner/session/events.ts';

/** One block of SQL, held against what Citus answered. */
export interface Verdict {
  readonly place: Place;
  /** `known`: the block is marked `{engine=citus}`, and the built-in engine indeed does not do as Citus. */
  readonly verdict: 'exact' | 'known' | 'failed';
  readonly statements: number;
  /** The last statement that ran. */
  readonly sql: string;
  /** What was expected and what came, where it was not the same. */
  readonly why?: string;
}

export async function runCases(
  file: string,
  cluster: Cluster,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const lesson = parseLesson(file, await readFile(file, 'utf8'));
  const blocks = lesson.steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
  await cluster.reset({ signal });
  const connections = openConnections(cluster);
  const probes = openProbes(cluster);
  const writers = openWriters(cluster, signal);
  const shell = () => Promise.reject(new Error(`${file}: cases are in SQL`));
  const verdicts: Verdict[] = [];
  try {
    for (const block of blocks) {
      verdicts.push(await judge(block, engine, { cluster, connections, probes, writers, shell, signal }));
    }
  } finally {
    await Promise.all([connections.closeAll(), probes.closeAll()]);
  }
  return verdicts;
}

async function judge(block: Block, engine: Engine, context: Omit<BlockContext, 'emit'>): Promise<Verdict> {
  const run: string[] = [];
  const emit = (event: LessonEvent) => {
    if (event.type === 'statement-finished' || event.type === 'statement-failed') run.push(event.sql);
  };
  const { outcomes } = await runBlock(block, block.text, { ...context, emit });
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const why = failed.map(describe).join('\n');
  const about = { place: block.place, statements: run.length, sql: run.at(-1) ?? block.text };
  if (engine.kind === 'citus' || block.engine === undefined) {
    return why === '' ? { ...about, verdict: 'exact' } : { ...about, verdict: 'failed', why };
  }
  return why === ''
    ? { ...about, verdict: 'failed', why: 'it is as on Citus now: take {engine=citus} away' }
    : { ...about, verdict: 'known', why };
}

function describe(outcome: Exclude<Outcome, { status: 'passed' }>): string {
  const { title, expected, actual, difference } = outcome;
  const lines = [`${title}: expected ${expected}, got ${actual}`];
  if (difference !== undefined) {
    const { missing, unexpected, changed, missingColumns, unexpectedColumns } = difference;
    for (const name of missingColumns) lines.push(`  no column ${name}`);
    for (const name of unexpectedColumns) lines.push(`  a column ${name}`);
    for (const { cells } of missing) lines.push(`  - ${cells.join(' | ')}`);
    for (const { cells } of unexpected) lines.push(`  + ${cells.join(' | ')}`);
    for (const { cells } of changed) {
      for (const cell of cells) lines.push(`  ${cell.column}: expected ${cell.expected}, got ${cell.actual}`);
    }
  }
  return lines.join('\n');
}
