// `tasks: 1`: how many shards the block's last statement touches, by EXPLAIN without ANALYZE.
import { compare, type Examine } from './check.ts';
import { nothingReturned } from './last-result.ts';

export const tasks: Examine<'tasks'> = async (expected, probe) => {
  const statement = probe.block.lastStatement;
  if (statement === undefined) return [nothingReturned('shards touched', expected)];
  const explain = /^\s*explain\b/i.test(statement) ? statement : `EXPLAIN (COSTS OFF) ${statement}`;
  const plan = (await probe.session(explain)).map(([line]) => line ?? '').join('\n');
  return [compare('shards touched', expected, String(countTasks(plan)), explain)];
};

/**
 * On Citus a plan says its "Task Count"; with subplans the largest counts. On the built-in engine it names shards.
 * Shards of co-located tables are joined pairwise, so they count once; a reference table (one shard) does not add.
 */
export function countTasks(plan: string): number {
  const counts = [...plan.matchAll(/Task Count: (\d+)/g)].map(([, number]) => Number(number));
  if (counts.length > 0) return Math.max(...counts);
  const shardsByTable = new Map<string, Set<string>>();
  for (const [, table, shardId] of plan.matchAll(/(\w+)_(\d{6,})\b/g)) {
    const shards = shardsByTable.get(table!) ?? new Set();
    shardsByTable.set(table!, shards.add(shardId!));
  }
  return Math.max(0, ...[...shardsByTable.values()].map((shards) => shards.size));
}
