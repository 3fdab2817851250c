// Where shards are, whatever the nodes are called: two clusters are alike if some exchange of the workers makes them equal.
import type { State } from './state.ts';

/** More workers have too many exchanges to try; then each stands for itself. */
const mostWorkers = 6;

/** The tables whose shards are on other nodes than expected, by the exchange that leaves the fewest. */
export function movedTables(expected: State, actual: State): readonly string[] {
  const tables = Object.entries(expected.tables).flatMap(([name, { placements }]) => {
    const found = actual.tables[name]?.placements;
    return placements === undefined || found === undefined ? [] : [{ name, placements, found }];
  });
  const workers = actual.nodes.map((_, at) => at).slice(1);
  const exchanges = workers.length > mostWorkers ? [workers] : permutations(workers);
  const fits = (exchange: readonly number[]) =>
    exchange.every(
      (to, at) => expected.nodes[to] === undefined || expected.nodes[to] === actual.nodes[at + 1],
    );
  const results = exchanges.filter(fits).map((exchange) => {
    const places = [0, ...exchange];
    return tables
      .filter(({ placements, found }) => renamed(found, places) !== placements)
      .map(({ name }) => name);
  });
  return results.reduce<readonly string[]>(
    (best, each) => (each.length < best.length ? each : best),
    results[0] ?? tables.filter(({ placements, found }) => placements !== found).map(({ name }) => name),
  );
}

const renamed = (placements: string, places: readonly number[]) =>
  placements
    .split(' ')
    .map((shard) =>
      shard
        .split('+')
        .map((node) => places[Number(node)] ?? Number(node))
        .sort((a, b) => a - b)
        .join('+'),
    )
    .join(' ');

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
