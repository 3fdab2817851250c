// `rows: {t: 1000}`: `count(*)` on the coordinator.
import { cell, compare, type Examine, forEachTable } from './check.ts';

export const rows: Examine<'rows'> = (expected, probe) =>
  forEachTable(expected, probe, async ({ name }, number) => {
    const sql = `SELECT count(*) FROM ${name}`;
    return compare(`rows of ${name}`, number, await cell(probe, sql), `${sql};`);
  });
