// `workers: 2`: active workers that should have shards.
import { type CheckKind, cell, compare } from './check.ts';
import { count } from './shape.ts';

export const workers: CheckKind<number> = {
  value: count,
  async examine(expected, probe) {
    const sql = `SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'`;
    return [compare('active workers', expected, await cell(probe, sql), 'SELECT * FROM pg_dist_node;')];
  },
};
