// `rows: {t: 1000}`: `count(*)` on the coordinator.
import { plural } from '../lesson/plural.ts';
import { cell, compare, type Examine, forEachTable } from './check.ts';

export const rows: Examine<'rows'> = (expected, probe) =>
  forEachTable(expected, probe, async ({ name }, number) => {
    const sql = `SELECT count(*) FROM ${name}`;
    return compare({
      title: `rows of ${name}`,
      claim: `${plural(number, 'row')} in ${name}`,
      expected: number,
      actual: await cell(probe, sql),
      look: `${sql};`,
    });
  });
