// From what the catalogs say, and the fingerprints of the rows, to a state that can be compared.
import type { Catalog, CatalogNode, Relation, Shard, ShardKeys, ShardsOfNode } from './catalog.ts';
import { columnText, constraintText, indexText, viewText, withoutShardIds } from './definitions.ts';
import type { State, TableState } from './state.ts';

export type Contents = Pick<TableState, 'rows' | 'values' | 'whole'>;

/** @param contents By the name of the table; of those that hold rows. */
export function canonical(catalog: Catalog, contents: ReadonlyMap<string, Contents>, workers: number): State {
  const nodes = nodesOf(catalog);
  const onNodes = shardsOnNodes(catalog);
  const ids = new Set(catalog.relations.flatMap(({ shards }) => (shards ?? []).map(({ id }) => id)));
  const relations = [...catalog.relations].sort((a, b) => compareText(a.name, b.name));
  const tables = relations.map((relation): [string, TableState] => {
    const { name, definition, key } = relation;
    const kind = kindOf(relation);
    const own = keysOf(relation, ids);
    const colocated = colocatedWith(relation, relations);
    return [
      name,
      {
        kind,
        ...(key !== null && { key }),
        ...(colocated.length > 0 && { colocated }),
        ...(kind === 'distributed' && { placements: placementsOf(relation.shards ?? [], nodes) }),
        ...(definition !== null && { definition: viewText(definition) }),
        columns: Object.fromEntries(
          (relation.columns ?? []).map((column) => [column.name, columnText(column)]),
        ),
        ...filled({
          ...own,
          triggers: [...relation.triggers].sort(),
          amiss: amissIn(relation, own, onNodes, ids),
        }),
        ...contents.get(name),
      },
    ];
  });
  const objects = catalog.objects
    .map(({ kind, name, says }): [string, string] => [`${kind} ${name}`, says ?? ''])
    .sort(([a], [b]) => compareText(a, b));
  return {
    workers,
    nodes: nodes.map(nodeText),
    tables: Object.fromEntries(tables),
    objects: Object.fromEntries(objects),
  };
}

/** Without the lists that are empty. */
const filled = (lists: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The coordinator, which may not be registered, then the others. */
function nodesOf({ nodes }: Catalog): readonly CatalogNode[] {
  const all = nodes ?? [];
  const coordinator = all.find(({ group, role }) => group === 0 && role === 'primary') ?? unregistered;
  return [coordinator, ...all.filter(({ group }) => group !== 0)];
}

const unregistered: CatalogNode = {
  name: '',
  port: 0,
  group: 0,
  role: 'primary',
  isActive: true,
  shouldHaveShards: false,
};

const nodeText = ({ role, isActive, shouldHaveShards }: CatalogNode) =>
  [
    ...(role === 'primary' ? [] : [role]),
    ...(isActive ? [] : ['not active']),
    shouldHaveShards ? 'should have shards' : 'should have no shards',
  ].join(', ');

function kindOf({ relkind, method, model, group, partitionOf, isUnlogged }: Relation): string {
  const kind =
    method === 'h'
      ? 'distributed'
      : method === 'n' && model === 't'
        ? 'reference'
        : method === 'n' && group !== 0
          ? 'single-shard'
          : partitionOf !== null
            ? `partition of ${partitionOf}`
            : { r: 'plain', p: 'partitioned', v: 'view', m: 'materialized view', f: 'foreign' }[relkind];
  return `${isUnlogged ? 'unlogged ' : ''}${kind ?? relkind}`;
}

/** Reference tables are all in one group. */
function colocatedWith(relation: Relation, all: readonly Relation[]): readonly string[] {
  if (relation.group === null || relation.group === 0 || relation.model === 't') return [];
  return all.filter((other) => other !== relation && other.group === relation.group).map(({ name }) => name);
}

function placementsOf(shards: readonly Shard[], nodes: readonly CatalogNode[]): string {
  const rank = (group: number) => nodes.findIndex((node) => node.group === group && node.role === 'primary');
  return shards
    .map(({ groups }) =>
      groups
        .map(rank)
        .sort((a, b) => a - b)
        .join('+'),
    )
    .join(' ');
}

function keysOf({ constraints, indexes }: ShardKeys, ids: ReadonlySet<string>): ShardKeys {
  const clean = (definition: string) => withoutShardIds(definition, ids);
  return {
    constraints: constraints.map((definition) => constraintText(clean(definition))).sort(),
    indexes: indexes.map((definition) => indexText(definition)).sort(),
  };
}

/** By group; of workers that did not answer nothing is known. */
function shardsOnNodes({ nodes, answers }: Catalog): ReadonlyMap<number, ShardsOfNode> {
  const answered = answers.filter(({ success }) => success);
  return new Map(
    answered.flatMap(({ nodename, nodeport, result }): [number, ShardsOfNode][] => {
      const node = (nodes ?? []).find(({ name, port }) => name === nodename && port === nodeport);
      return node ? [[node.group, JSON.parse(result)]] : [];
    }),
  );
}

/** PostgreSQL cuts names that are longer, and Citus then names shards in another way. */
const longestName = 63;

function amissIn(
  { path, shards }: Relation,
  own: ShardKeys,
  onNodes: ReadonlyMap<number, ShardsOfNode>,
  ids: ReadonlySet<string>,
): readonly string[] {
  return (shards ?? []).flatMap(({ id, groups }, at) => {
    const name = `${path}_${id}`;
    if (name.length > longestName) return [];
    const found = groups.flatMap((group) => {
      const shard = onNodes.get(group);
      if (shard === undefined) return [];
      const has = shard[name];
      return has === undefined
        ? [`shard ${at + 1} is not there`]
        : differencesOf(at + 1, own, keysOf(has, ids));
    });
    return [...new Set(found)];
  });
}

function differencesOf(shard: number, own: ShardKeys, has: ShardKeys): readonly string[] {
  return (['constraints', 'indexes'] as const).flatMap((list) => {
    const name = (text: string) => (list === 'indexes' ? `index ${text}` : text);
    return [
      ...own[list]
        .filter((text) => !has[list].includes(text))
        .map((text) => `shard ${shard} has no ${name(text)}`),
      ...has[list]
        .filter((text) => !own[list].includes(text))
        .map((text) => `only shard ${shard} has ${name(text)}`),
    ];
  });
}
