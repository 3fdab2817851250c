// The cluster as a picture, in a lesson: on a key, and after a step that has moved something.
import { plural } from '../lesson/plural.ts';
import type { MapData } from '../map/map-data.ts';
import { readMap } from '../map/read-map.ts';
import { renderMap } from '../map/render-map.ts';
import { touchedShards } from '../map/touched-shards.ts';
import type { Session } from '../session/session.ts';
import type { Desk } from './desk.ts';

/** With the shards marked that the last query touched. */
export async function showMap(desk: Desk): Promise<void> {
  const { cluster, invocation, lastQuery } = desk;
  const data = await readMap(cluster, invocation.signal);
  const sql = lastQuery();
  const touched =
    sql === undefined
      ? undefined
      : await touchedShards(sql, cluster, invocation.signal).catch(() => undefined);
  draw(data, desk, touched);
  if (sql !== undefined && touched?.size) {
    invocation.stdout.write(
      `${desk.style('dim', `Marked: what the last query touched: ${shortened(sql)}`)}\n`,
    );
  }
}

/** Draws where nodes or placements are others than at the last call, or when this was opened. */
export type ShowChanges = () => Promise<void>;

export function openChanges(desk: Desk, session: Session): ShowChanges {
  const read = () => readMap(desk.cluster, desk.invocation.signal).catch(() => undefined);
  let last = session.prepared().then(read); // the first screen does not wait for it
  return async () => {
    const before = await last;
    last = read();
    const data = await last;
    if (before === undefined || data === undefined || whereabouts(before) === whereabouts(data)) return;
    desk.invocation.stdout.write(`${desk.style('dim', 'The cluster now:')}\n`);
    draw(data, desk);
    desk.invocation.stdout.write('\n');
  };
}

const whereabouts = ({ nodes, placements }: MapData): string =>
  JSON.stringify([
    nodes.map(({ name, role, state }) => [name, role, state]),
    placements.map(({ table, shardId, node }) => [table, shardId, node]),
  ]);

function draw(
  data: MapData,
  { invocation: { stdout }, style, isPlain }: Desk,
  touched?: ReadonlySet<number>,
): void {
  if (isPlain) {
    stdout.write(inWords(data));
    return;
  }
  const height = Math.max(10, (stdout.rows ?? 24) - 3);
  const options = { style, width: stdout.columns || 80, height, ...(touched && { touched }) };
  stdout.write(`${renderMap(data, options)}\n`);
}

/** A line for each node and table. */
function inWords({ nodes, placements }: MapData): string {
  const lines = nodes.flatMap(({ name, role, state, follows }) => {
    const own = placements.filter(({ node }) => node === name);
    const tables = [...new Set(own.map(({ table }) => table))].map((table) => {
      const shards = own.filter((placement) => placement.table === table);
      const rows = shards.reduce((sum, shard) => sum + (shard.rows ?? 0), 0);
      return `  ${table}: ${plural(shards.length, 'shard')}, ${plural(rows, 'row')}`;
    });
    return [`${name}, ${role}${follows ? ` of ${follows}` : ''}, ${state}`, ...tables];
  });
  return `${lines.join('\n')}\n`;
}

function shortened(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}
