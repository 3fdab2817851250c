// What Tab offers: words of SQL, and the names in the database.
import type { Ask } from './ask.ts';
import type { Completion } from './client.ts';

export interface Names {
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly functions: readonly string[];
}

export const noNames: Names = { tables: [], columns: [], functions: [] };

const keywords = [
  ...[
    'ALTER',
    'ANALYZE',
    'AND',
    'AS',
    'ASC',
    'BEGIN',
    'BETWEEN',
    'BY',
    'CASE',
    'COMMIT',
    'CREATE',
    'DELETE',
    'DESC',
  ],
  ...[
    'DISTINCT',
    'DROP',
    'ELSE',
    'END',
    'EXISTS',
    'EXPLAIN',
    'FALSE',
    'FROM',
    'GROUP',
    'HAVING',
    'IN',
    'INDEX',
  ],
  ...[
    'INSERT',
    'INTO',
    'IS',
    'JOIN',
    'KEY',
    'LEFT',
    'LIKE',
    'LIMIT',
    'NOT',
    'NULL',
    'OFFSET',
    'ON',
    'OR',
    'ORDER',
  ],
  ...[
    'PRIMARY',
    'REFERENCES',
    'RETURNING',
    'ROLLBACK',
    'SELECT',
    'SET',
    'SHOW',
    'TABLE',
    'THEN',
    'TRUE',
    'TRUNCATE',
  ],
  ...['UNION', 'UNIQUE', 'UPDATE', 'USING', 'VALUES', 'VIEW', 'WHEN', 'WHERE', 'WITH'],
];

/** @param nodes The nodes of the cluster, for `\c`. */
export function completeLine(line: string, names: Names, nodes: readonly string[]): Completion {
  const [word] = /[\w.$]*$/.exec(line)!;
  const before = line.slice(0, line.length - word.length);
  const starting = (candidates: readonly string[]) =>
    candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()));

  const node = /^\s*\\c\s+(\S*)$/.exec(line)?.[1];
  if (node !== undefined) return { word: node, candidates: nodes.filter((each) => each.startsWith(node)) };
  if (/^\s*\\d\w*\+?\s+$/.test(before)) return { word, candidates: starting(names.tables) };
  if (/\b(from|join|into|update|table)\s+$/i.test(before))
    return { word, candidates: starting(names.tables) };
  if (word === '' || /^\s*\\/.test(line)) return { word, candidates: [] };
  const isLower = word === word.toLowerCase();
  const candidates = [
    ...starting(keywords).map((keyword) => (isLower ? keyword.toLowerCase() : keyword)),
    ...starting(names.tables),
    ...starting(names.columns),
    ...starting(names.functions),
  ];
  return { word, candidates: [...new Set(candidates)] };
}

/** Of what can be named without its schema; of functions, those that are not PostgreSQL's own operators and casts. */
export async function readNames(ask: Ask, signal: AbortSignal): Promise<Names> {
  const { rows } = await ask(
    `SELECT 'table', quote_ident(relname)
       FROM pg_class
      WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND pg_table_is_visible(oid)
      UNION
     SELECT 'column', quote_ident(attname)
       FROM pg_attribute
       JOIN pg_class c ON c.oid = attrelid
      WHERE relkind IN ('r', 'p', 'f', 'v', 'm') AND attnum > 0 AND NOT attisdropped
        AND (relnamespace <> 'pg_catalog'::regnamespace OR relname ~ '^(pg_dist|citus)')
        AND pg_table_is_visible(c.oid)
      UNION
     SELECT 'function', quote_ident(proname)
       FROM pg_proc
      WHERE pg_function_is_visible(oid)
      ORDER BY 1, 2`,
    signal,
  );
  const of = (kind: string) => rows.filter(([each]) => each === kind).map(([, name]) => name!);
  return { tables: of('table'), columns: of('column'), functions: of('function') };
}
