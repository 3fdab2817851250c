// The cluster beside the lesson: who is up, which shard is where, what the last query touched.
import type { MapNode, Placement } from '../../runner/map/map-data.ts';
import { hueOf, layOut, type NodeLayout } from '../../runner/map/tile-layout.ts';
import { Replication } from './replication.tsx';
import { ask } from './server.ts';
import { attempt, cluster, selected } from './store.ts';

export function Cluster() {
  const { map, touched } = cluster.value;
  const marked = new Set(touched?.shards);
  return (
    <aside class="cluster" aria-label="Cluster">
      <h2>Cluster</h2>
      {map === null ? (
        <p class="quiet">No cluster yet.</p>
      ) : (
        <>
          {map.metadataFailure && <p class="notice">{map.metadataFailure}</p>}
          <div class="nodes">
            {layOut(map).map((layout) => (
              <Node key={layout.node.name} layout={layout} marked={marked} isOurs={map.kind !== 'external'} />
            ))}
          </div>
          {touched && touched.shards.length > 0 && (
            <p class="touched" title={touched.sql}>
              Lit: the {touched.shards.length === 1 ? 'shard' : `${touched.shards.length} shards`} of the last
              query
            </p>
          )}
          <Legend />
          <Details />
        </>
      )}
    </aside>
  );
}

interface NodeProps {
  readonly layout: NodeLayout;
  readonly marked: ReadonlySet<number>;
  /** Whether its server can be stopped from here. */
  readonly isOurs: boolean;
}

function Node({ layout: { node, tiles, local }, marked, isOurs }: NodeProps) {
  return (
    <section
      class={`node ${node.role} ${node.state}`}
      aria-label={`${node.name}, ${node.role}, ${node.state}`}
    >
      <header>
        <h3>{node.name}</h3>
        <span class="state">{stateOf(node)}</span>
        {isOurs && <Verbs node={node} />}
      </header>
      {node.replication && <Replication name={node.name} replication={node.replication} />}
      <div class="tiles">
        {tiles.map(({ placement, size }) => (
          <Tile
            key={`${placement.table} ${placement.shardId}`}
            placement={placement}
            size={size}
            isLit={marked.has(placement.shardId)}
          />
        ))}
        {local.map(({ table, rows }) => (
          <span key={table} class="local">
            {table} {rows ?? '?'}
          </span>
        ))}
      </div>
    </section>
  );
}

function stateOf({ state, isActive, follows, replacedBy }: MapNode): string {
  if (replacedBy !== undefined) return `replaced by ${replacedBy}`;
  if (isActive === false) return 'disabled';
  return follows === undefined ? state : `${state}, follows ${follows}`;
}

interface TileProps {
  readonly placement: Placement;
  /** Side in CSS pixels. */
  readonly size: number;
  readonly isLit: boolean;
}

function Tile({ placement, size, isLit }: TileProps) {
  const { table, shardId, rows } = placement;
  const isSame = selected.value?.shardId === shardId;
  return (
    <button
      type="button"
      class={`tile ${isLit ? 'lit' : ''} ${isSame ? 'selected' : ''}`}
      style={{ width: `${size}px`, height: `${size}px`, '--hue': hueOf(cluster.value.map!, table) }}
      title={`${table}, shard ${shardId}: ${rows ?? 'unknown'} rows`}
      aria-label={`${table}, shard ${shardId}, ${rows ?? 'unknown'} rows${isLit ? ', touched by the last query' : ''}`}
      onClick={() => (selected.value = placement)}
    >
      {rows ?? '?'}
    </button>
  );
}

const verbsOf: Readonly<Partial<Record<MapNode['state'], readonly string[]>>> = {
  up: ['stop', 'kill', 'pause'],
  down: ['start'],
  paused: ['resume', 'kill'],
};

/** Each shows the command that it is. */
function Verbs({ node: { name, state } }: { readonly node: MapNode }) {
  return (
    <span class="verbs">
      {(verbsOf[state] ?? []).map((verb) => (
        <button
          key={verb}
          type="button"
          title={`lesson node ${verb} ${name}`}
          onClick={() => attempt(() => ask(`/api/nodes/${name}/${verb}`))}
        >
          {verb}
        </button>
      ))}
    </span>
  );
}

function Legend() {
  const { map } = cluster.value;
  const tables = map?.tables.filter(({ kind }) => kind !== 'local') ?? [];
  return (
    <ul class="legend">
      {tables.map((table) => (
        <li key={table.name} style={{ '--hue': hueOf(map!, table.name) }}>
          {table.name}:{' '}
          {table.kind === 'distributed' ? `distributed by ${table.distributionColumn}` : table.kind}
        </li>
      ))}
    </ul>
  );
}

/** The shard that was chosen, and the SQL that shows the same: the picture teaches the catalog. */
function Details() {
  const chosen = selected.value;
  if (chosen === undefined) return null;
  const all = cluster.value.map?.placements.filter(({ shardId }) => shardId === chosen.shardId) ?? [];
  return (
    <section class="details" aria-label={`Shard ${chosen.shardId}`}>
      <h3>
        Shard {chosen.shardId} of {chosen.table}
      </h3>
      <p>On {all.map(({ node, rows }) => `${node} (${rows ?? '?'} rows)`).join(' and ')}.</p>
      <pre tabIndex={0}>{`SELECT nodename, shard_size,
       shardminvalue, shardmaxvalue
FROM citus_shards
JOIN pg_dist_shard USING (shardid)
WHERE shardid = ${chosen.shardId};`}</pre>
    </section>
  );
}
