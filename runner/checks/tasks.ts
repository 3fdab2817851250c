// `tasks: 1`: how many shards a statement of the block touches, by EXPLAIN without ANALYZE. Of an answer all that are judged.
import { plural } from '../lesson/plural.ts';
import { compare, type Examine, type Finding, type Probe } from './check.ts';
import { nothingReturned } from './last-result.ts';

const title = 'shards touched';

export const tasks: Examine<'tasks'> = async (expected, probe) => {
  const statements = probe.block.judgedStatements;
  if (statements.length === 0) return [nothingReturned(title, expected)];
  const findings: Finding[] = [];
  for (const [i, statement] of statements.entries()) {
    const isLast = i === statements.length - 1;
    const finding = await examineStatement(
      statement,
      expected,
      isLast ? '' : ', by an earlier statement',
      probe,
    );
    if (!finding.passed) return [finding];
    findings.push(finding);
  }
  return findings.slice(-1);
};

async function examineStatement(statement: string, expected: number, which: string, probe: Probe) {
  const [command] = /^\s*\w*/.exec(statement)!;
  if (/^\s*(COPY|DO|CALL|CREATE)\b/i.test(statement)) {
    const actual = `unknown: nobody can tell what ${command.trim().toUpperCase()} touches`;
    return compare({ title, claim: '', expected, actual });
  }
  const look = /^\s*explain\b/i.test(statement) ? statement : `EXPLAIN (COSTS OFF) ${statement}`;
  const plan = (await probe.session(look)).map(([line]) => line ?? '').join('\n');
  const tasks = countTasks(plan) || (await countUnnamedTask(statement, plan, probe));
  const total = tasks === expected ? await countShards(plan, probe) : 0;
  const claim =
    total >= tasks ? `touched ${tasks} of ${plural(total, 'shard')}` : `touched ${plural(tasks, 'shard')}`;
  return compare({ title, claim, expected, actual: `${tasks}${tasks === expected ? '' : which}`, look });
}

/**
 * On Citus a plan says its "Task Count"; with subplans the largest counts. On the built-in engine it names shards.
 * Shards of co-located tables are joined pairwise, so they count once; a reference table (one shard) does not add.
 */
export function countTasks(plan: string): number {
  const counts = [...plan.matchAll(/Task Count: (\d+)/g)].map(([, number]) => Number(number));
  if (counts.length > 0) return Math.max(...counts);
  const shardsByTable = new Map<string, Set<string>>();
  for (const [, table, shardId] of plan.matchAll(namedShard)) {
    const shards = shardsByTable.get(table!) ?? new Set();
    shardsByTable.set(table!, shards.add(shardId!));
  }
  return Math.max(0, ...[...shardsByTable.values()].map((shards) => shards.size));
}

/**
 * On the built-in engine some plans name no shard where Citus counts one task: that of a reference table, of an INSERT of
 * one row, and of a query whose condition is never true. A change that finds no row is none.
 */
async function countUnnamedTask(statement: string, plan: string, probe: Probe): Promise<number> {
  if (
    plan.includes('(Citus ') ||
    /^(Update|Delete|Merge) on .*\n.*Result\n *One-Time Filter: false/.test(plan)
  )
    return 0;
  const isOneTask = plan.includes('One-Time Filter: false') || isInsertOfOneRow(statement, plan);
  const words = statement.match(/\w+/g)!.flatMap((word) => [`'${word}'`, `'${word.toLowerCase()}'`]);
  const [row] = await probe.coordinator(
    `SELECT 1
       FROM pg_dist_partition p
       JOIN pg_class          c ON c.oid = p.logicalrelid
      WHERE c.relname IN (${words.join(', ')})
        AND (p.repmodel = 't' OR ${isOneTask})
      LIMIT 1`,
  );
  return row === undefined ? 0 : 1;
}

const isInsertOfOneRow = (statement: string, plan: string): boolean =>
  /\bvalues\b/i.test(statement) && /^Insert on .*(\n +Conflict .*)*\n +-> +Result$/.test(plan);

/** The ids of all shards that a plan names. */
export const shardsIn = (plan: string): ReadonlySet<number> =>
  new Set([...plan.matchAll(namedShard)].map(([, , shardId]) => Number(shardId)));

const namedShard = /(\w+)_(\d{6,})\b/g;

/** The shards that the plan's tables have, of that with the most; 0 where the plan names no shard. */
async function countShards(plan: string, probe: Probe): Promise<number> {
  const ids = [...shardsIn(plan)];
  if (ids.length === 0) return 0;
  const [row] = await probe.coordinator(
    `SELECT count(*)
       FROM pg_dist_shard
      WHERE logicalrelid IN (SELECT logicalrelid FROM pg_dist_shard WHERE shardid IN (${ids.join(', ')}))
      GROUP BY logicalrelid
      ORDER BY 1 DESC`,
  );
  return Number(row?.[0] ?? 0);
}
