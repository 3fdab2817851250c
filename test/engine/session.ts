// A session on a node of a test cluster: values as PostgreSQL prints them, errors as values.
import pg from 'pg';
import type { Cluster } from '../../runner/cluster/port.ts';

export type Cell = string | null;

export interface Session {
  /** The rows of the last statement, each as a list of text. */
  rows(sql: string, parameters?: readonly unknown[]): Promise<Cell[][]>;
  /** The first column of every row. */
  column(sql: string): Promise<Cell[]>;
  /** `SQLSTATE: message` of the error that the statement must give. */
  error(sql: string): Promise<string>;
  /** The shards that the plan touches: the ends of the names of its foreign tables. */
  shardsTouched(sql: string): Promise<string[]>;
  /** What was noticed since the last call. */
  notices(): string[];
  close(): Promise<void>;
}

const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

export async function openSession(cluster: Cluster, node = 'coordinator'): Promise<Session> {
  const client = new pg.Client({ ...(await cluster.address(node)), ssl: false });
  client.on('error', () => {}); // a server that a test stops
  await client.connect();
  let noticed: string[] = [];
  client.on('notice', ({ message }) => noticed.push(String(message)));

  const rows: Session['rows'] = async (text, values) => {
    const result: unknown = await client.query({
      text,
      rowMode: 'array',
      types: asText,
      ...(values ? { values: [...values] } : {}),
    });
    return ((Array.isArray(result) ? result.at(-1) : result) as { rows: Cell[][] }).rows;
  };
  const column: Session['column'] = async (sql) => (await rows(sql)).map(([first]) => first ?? null);

  return {
    rows,
    column,
    async error(sql) {
      try {
        await rows(sql);
      } catch (error) {
        const { code, message } = error as pg.DatabaseError;
        return `${code}: ${message}`;
      }
      throw new Error(`no error from: ${sql}`);
    },
    async shardsTouched(sql) {
      const plan = (await column(`EXPLAIN (COSTS OFF) ${sql}`)).join('\n');
      return [...new Set([...plan.matchAll(/_(1\d{5})\b/g)].map(([, shard]) => shard!))].sort();
    },
    notices() {
      const seen = noticed;
      noticed = [];
      return seen;
    },
    close: () => client.end(),
  };
}

/** Waits until a node that is being stopped takes no connection: before that it might break one off. */
export async function untilRefused(cluster: Cluster, node: string): Promise<void> {
  for (;;) {
    try {
      await (await openSession(cluster, node)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return;
    }
  }
}
