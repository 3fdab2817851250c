// `workers: 2`: active workers that should have shards.
import { cell, compare, type Examine } from './check.ts';

export const workers: Examine<'workers'> = async (expected, probe) => {
  const sql = `SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'`;
  return [compare('active workers', expected, await cell(probe, sql), 'SELECT * FROM pg_dist_node;')];
};
