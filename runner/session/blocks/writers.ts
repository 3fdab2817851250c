// The background blocks of one lesson: those that write, and what those that have ended have written.
import type { Cluster } from '../../cluster/port.ts';
import { UserError } from '../../errors.ts';
import { counterForm, loadSqlParser } from '../../lesson/sql.ts';
import type { SqlBlock } from '../../lesson/types.ts';
import type { WriterReport } from '../events.ts';
import { startWriter, type Writer } from './writer.ts';

/** By the name of their blocks. */
export type KnownWriters = ReadonlyMap<string, Writer>;

export interface Writers {
  /** All of the lesson so far. */
  readonly all: () => KnownWriters;
  /** Starts the block, unless it still writes; returns false where nothing was acknowledged in time. */
  start(block: SqlBlock, sql: string): Promise<boolean>;
  /** @param name All that still write, unless given. */
  stop(name?: string): Promise<readonly WriterReport[]>;
}

/** @param ended What has written before, where a lesson goes on from a checkpoint. */
export function openWriters(cluster: Cluster, signal: AbortSignal, ended: KnownWriters = new Map()): Writers {
  const all = new Map(ended);
  const active = new Set<string>();
  return {
    all: () => new Map(all),
    async start({ name = '', node, everyMs = 0, timeoutMs, place }, sql) {
      if (active.has(name)) return all.get(name)!.hasStarted(timeoutMs);
      const counter = (await loadSqlParser()).findCounter(sql);
      if (counter === undefined) throw new UserError(counterForm, { code: 'lesson', place });
      const connect = () => cluster.connect(node);
      const writer = startWriter({ name, sql, counter, everyMs, connect, signal });
      all.set(name, writer);
      active.add(name);
      return writer.hasStarted(timeoutMs);
    },
    async stop(name) {
      const names = [...active].filter((each) => name === undefined || each === name);
      for (const each of names) active.delete(each);
      return Promise.all(names.map((each) => all.get(each)!.stop()));
    },
  };
}
