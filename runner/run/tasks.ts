// How many shards a plan touches, read from the text of EXPLAIN.

/**
 * On Citus its "Task Count"; with subplans the largest. On the built-in engine the shards that the plan names.
 * Shards of co-located tables are joined pairwise, so they count once; a reference table (one shard) does not add.
 */
export function countTasks(plan: string): number {
  const counts = [...plan.matchAll(/Task Count: (\d+)/g)].map(([, count]) => Number(count));
  if (counts.length > 0) return Math.max(...counts);
  const shardsByTable = new Map<string, Set<string>>();
  for (const [, table, shardId] of plan.matchAll(/(\w+)_(\d{6,})\b/g)) {
    const shards = shardsByTable.get(table!) ?? new Set();
    shardsByTable.set(table!, shards.add(shardId!));
  }
  return Math.max(0, ...[...shardsByTable.values()].map((shards) => shards.size));
}
