// What a check is made of: what it may ask of the cluster, and what it finds. Its value is in `lesson/check-values.ts`.

import type { NodeStatus } from '../cluster/port.ts';
import type { Row } from '../connect/connection.ts';
import type { PerTable } from '../lesson/check-shape.ts';
import type { CheckName, CheckValue } from '../lesson/check-values.ts';

/** One finding a comparison: a check on two tables makes two. What it throws is a failed check too. */
export type Examine<N extends CheckName> = (
  expected: CheckValue<N>,
  probe: Probe,
) => Promise<readonly Finding[]>;

/** What a check may ask. Rows are text, as PostgreSQL sends it. */
export interface Probe {
  /** False for a cluster that is one PostgreSQL server. */
  readonly hasShards: boolean;
  /** On the coordinator, in a session of its own: it sees what is committed. */
  readonly coordinator: (sql: string) => Promise<readonly Row[]>;
  readonly node: (node: string, sql: string) => Promise<readonly Row[]>;
  readonly nodes: () => Promise<readonly Pick<NodeStatus, 'name' | 'state'>[]>;
  /** The last lines that the server of a node wrote; none where it cannot be asked. */
  readonly log: (node: string) => Promise<readonly string[]>;
  /** The background blocks of the lesson so far, those that still write and those that have ended. */
  readonly writers: () => readonly Written[];
  /** In the session of the block, so that it knows what the block prepared. */
  readonly session: (sql: string) => Promise<readonly Row[]>;
  /** The block above: the statements whose shards count, and its last result that has columns. */
  readonly block: {
    readonly judgedStatements: readonly string[];
    readonly lastResult: BlockResult | undefined;
  };
}

/** What a background block has written. */
export interface Written {
  readonly name: string;
  /** As the block names them. */
  readonly table: string;
  readonly column: string;
  /** The numbers that the server has confirmed. */
  readonly acknowledged: readonly number[];
}

export interface BlockResult {
  readonly columns: readonly string[];
  /** The first fifty; `rowCount` counts all. */
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

export type Finding = Held | NotHeld;

export interface Held {
  readonly passed: true;
  /** What was compared: `rows of sensor_data`. */
  readonly title: string;
  /** What is true, as one says it: `1,000 rows in sensor_data`. */
  readonly claim: string;
}

export interface NotHeld {
  readonly passed: false;
  readonly title: string;
  readonly expected: string;
  readonly actual: string;
  /** A statement that shows more. */
  readonly look?: string;
}

/** What a check says in either case. */
export interface Words extends Omit<Held, 'passed'>, Omit<NotHeld, 'passed'> {}

export function judge(passed: boolean, { title, claim, ...comparison }: Words): Finding {
  return passed ? { passed, title, claim } : { passed, title, ...comparison };
}

export function compare({ expected, ...words }: Omit<Words, 'expected'> & { expected: unknown }): Finding {
  const wanted = String(expected);
  return judge(words.actual === wanted, { ...words, expected: wanted });
}

/** The only cell of a result; `NULL` where it is that. */
export async function cell(probe: Probe, sql: string): Promise<string> {
  return (await probe.coordinator(sql))[0]?.[0] ?? 'NULL';
}

/** A table that exists. */
export interface Table {
  /** As regclass prints it: quoted where it must be, safe to put into SQL. */
  readonly name: string;
  /** The same as a constant: `'sensor_data'::regclass`. */
  readonly literal: string;
}

/** One finding a table; of a table that is not there it says so. */
export async function forEachTable<T>(
  perTable: PerTable<T>,
  probe: Probe,
  examine: (table: Table, expected: T, probe: Probe) => Promise<Finding>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, expected] of Object.entries(perTable)) {
    const [row] = await probe.coordinator(
      `SELECT oid::regclass::text, relkind FROM pg_class WHERE oid = to_regclass(${quoteLiteral(name)})`,
    );
    const [found, kind] = row ?? [];
    findings.push(
      found == null || isView(kind)
        ? {
            passed: false,
            title: `table ${name}`,
            expected: 'a table',
            actual: found == null ? 'no such table' : 'a view',
          }
        : await examine({ name: found, literal: `${quoteLiteral(found)}::regclass` }, expected, probe),
    );
  }
  return findings;
}

const isView = (kind: string | null | undefined) => kind === 'v' || kind === 'm';

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
