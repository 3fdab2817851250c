// `standbys: 1`: streaming standbys of all nodes. `standbys: {worker-1: 1}`: of one.
import type { PerTable } from '../lesson/types.ts';
import { type CheckKind, compare } from './check.ts';
import { count, either, perTable } from './shape.ts';

export const standbys: CheckKind<number | PerTable<number>> = {
  value: either(count, perTable(count)),
  async examine(expected, probe) {
    const sql = `SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'`;
    const streaming = async (node: string) => Number((await probe.node(node, sql))[0]?.[0]);
    if (typeof expected === 'number') {
      const counts = await Promise.all((await probe.nodes()).map(streaming));
      const total = counts.reduce((sum, number) => sum + number, 0);
      return [compare('streaming standbys', expected, String(total), `${sql};`)];
    }
    return Promise.all(
      Object.entries(expected).map(async ([node, number]) =>
        compare(`streaming standbys of ${node}`, number, String(await streaming(node)), `${sql};`),
      ),
    );
  },
};
