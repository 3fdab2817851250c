// Changes of a table: the type of a column, an index, a constraint; of its shards: where one is, and what it has.
import { quoteIdentifier, quoteLiteral } from '../checks/check.ts';
import type { Relation } from '../state/catalog.ts';
import type { Mutation } from './mutation.ts';

export function tableMutations({
  name,
  sql,
  columns,
  key,
  constraints,
  indexes,
  shards,
  method,
}: Relation): readonly Mutation[] {
  const table = `${quoteLiteral(sql)}::regclass`;
  const types = (columns ?? []).flatMap((column): readonly Mutation[] => {
    const type = wider[column.type];
    if (type === undefined || column.name === key || column.generated !== '') return [];
    const alter = `ALTER TABLE ${sql} ALTER COLUMN ${quoteIdentifier(column.name)} TYPE ${type}`;
    const what = `the type of ${column.name} in ${name} is changed to ${type}`;
    return [{ kind: 'type', what, find: `SELECT ${quoteLiteral(alter)}` }];
  });
  return [
    ...types,
    ...constraints.map((definition): Mutation => {
      const what = `the constraint ${definition} of ${name} is dropped`;
      return { kind: 'constraint', what, find: dropConstraint(table, definition) };
    }),
    ...indexes.flatMap((definition): readonly Mutation[] => [
      {
        kind: 'index',
        what: `an index of ${name} is dropped: ${definition}`,
        find: dropIndex(table, definition),
      },
      ...(shards === null
        ? []
        : [
            {
              kind: 'shard index',
              what: `an index of one shard of ${name} is dropped: ${definition}`,
              find: dropShardIndex(table, definition),
            } as const,
          ]),
    ]),
    ...(method === 'h'
      ? [{ kind: 'move', what: `a shard of ${name} is moved`, find: move(table) } as const]
      : []),
  ];
}

/** A type that holds all values of the one that it replaces. */
const wider: Readonly<Record<string, string>> = {
  smallint: 'integer',
  integer: 'bigint',
  bigint: 'numeric',
  real: 'double precision',
  text: 'character varying',
  date: 'timestamp without time zone',
};

const dropConstraint = (table: string, definition: string) => `
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
  FROM pg_constraint
 WHERE conrelid = ${table}
   AND pg_get_constraintdef(oid) = ${quoteLiteral(definition)}
 LIMIT 1`;

const dropIndex = (table: string, definition: string) => `
SELECT format('DROP INDEX %s', indexrelid::regclass)
  FROM pg_index
 WHERE indrelid = ${table}
   AND pg_get_indexdef(indexrelid) = ${quoteLiteral(definition)}`;

/** Only the workers that have the shard can do it. */
const dropShardIndex = (table: string, definition: string) => `
SELECT format('SELECT FROM run_command_on_workers(%L) WHERE success',
              format('DROP INDEX %I.%I', n.nspname, c.relname || '_' || s.shardid))
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_dist_shard s ON s.logicalrelid = i.indrelid
 WHERE i.indrelid = ${table}
   AND pg_get_indexdef(i.indexrelid) = ${quoteLiteral(definition)}
 ORDER BY s.shardid
 LIMIT 1`;

const move = (table: string) => `
SELECT format('SELECT citus_move_shard_placement(%s, %L, %s, %L, %s, %L)',
              s.shardid, f.nodename, f.nodeport, t.nodename, t.nodeport, 'block_writes')
  FROM pg_dist_shard s
  JOIN pg_dist_placement p ON p.shardid = s.shardid
  JOIN pg_dist_node f ON f.groupid = p.groupid AND f.noderole = 'primary'
  JOIN pg_dist_node t ON t.noderole = 'primary' AND t.isactive AND t.shouldhaveshards
 WHERE s.logicalrelid = ${table}
   AND NOT EXISTS (SELECT
                     FROM pg_dist_placement other
                    WHERE other.shardid = s.shardid
                      AND other.groupid = t.groupid)
 ORDER BY s.shardid, f.nodeid, t.nodeid
 LIMIT 1`;
