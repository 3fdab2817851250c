// The checks of a block, and what they may ask.
import type { Probe } from '../../checks/check.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { Connection } from '../../connect/connection.ts';
import { query } from '../../connect/query.ts';
import type { Captured } from '../../lesson/captures.ts';
import { fillCheck } from '../../lesson/check-template.ts';
import { checkValues } from '../../lesson/check-values.ts';
import type { Block, Check } from '../../lesson/types.ts';
import type { FailedOutcome, Outcome } from '../events.ts';
import { holds } from '../state.ts';
import type { Connections } from './connections.ts';
import { judgeHiding } from './hiding.ts';
import { judgedStatements } from './judged-statements.ts';
import { runCheck } from './run-check.ts';
import type { SqlRun } from './sql-block.ts';
import type { Writers } from './writers.ts';

interface ChecksContext {
  readonly cluster: Cluster;
  readonly probes: Connections;
  readonly writers: Writers;
  readonly captured?: Captured;
  /** What ran before the block, where it is one statement of the work at an exercise. */
  readonly work?: readonly string[];
  readonly signal: AbortSignal;
}

/** While a learner works at an exercise, what may take a while is waited for only when all else holds. */
export async function runChecks(
  { expectations, exercise, place }: Block,
  probe: Probe,
  { signal, work, captured = {} }: ChecksContext,
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

export function openProbe(
  block: Block,
  { cluster, probes, writers, signal, work = [] }: ChecksContext,
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
