// `workers: 2`: active workers that should have shards.
import { plural } from '../lesson/plural.ts';
import { cell, compare, type Examine } from './check.ts';

export const workers: Examine<'workers'> = async (expected, probe) => {
  const sql = `SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND noderole = 'primary'`;
  return [
    compare({
      title: 'active workers',
      claim: plural(expected, 'active worker'),
      expected,
      actual: await cell(probe, sql),
      look: 'SELECT * FROM pg_dist_node;',
    }),
  ];
};
