// `rows: {t: 1000}`: `count(*)` on the coordinator.
import type { PerTable } from '../lesson/types.ts';
import { type CheckKind, cell, compare, forEachTable } from './check.ts';
import { count, perTable } from './shape.ts';

export const rows: CheckKind<PerTable<number>> = {
  value: perTable(count),
  examine: (expected, probe) =>
    forEachTable(expected, probe, async ({ name }, number) => {
      const sql = `SELECT count(*) FROM ${name}`;
      return compare(`rows of ${name}`, number, await cell(probe, sql), `${sql};`);
    }),
};
