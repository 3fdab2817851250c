// The cluster beside the lesson: who is up, which shard is where, what the last query touched.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { MapNode } from '../../runner/map/map-data.ts';
import { hueOf, layOut, type NodeLayout } from '../../runner/map/tile-layout.ts';
import { Links } from './links.tsx';
import { move, type Sight } from './motion.ts';
import { Replication } from './replication.tsx';
import { ask } from './server.ts';
import { ShardDetails } from './shard-details.tsx';
import { attempt, cluster, watched } from './store.ts';
import { Tile } from './tile.tsx';

export function Cluster() {
  const { map, touched } = cluster.value;
  const marked = new Set(touched?.shards);
  const box = useRef<HTMLDivElement>(null);
  const sight = useRef<Sight | undefined>(undefined);
  const asked = useRef(touched?.seq);
  useLayoutEffect(() => {
    sight.current =
      box.current === null
        ? undefined
        : move(box.current, cluster.value, sight.current, touched?.seq !== asked.current);
    asked.current = touched?.seq;
  }, [cluster.value]);
  return (
    <aside class="cluster" aria-label="Cluster">
      <h2>Cluster</h2>
      {map === null ? (
        <p class="quiet">No cluster yet.</p>
      ) : (
        <>
          {map.metadataFailure && <p class="notice">{map.metadataFailure}</p>}
          <div class="nodes" ref={box}>
            <Links map={map} />
            {layOut(map).map((layout) => (
              <Node
                key={layout.node.name}
                layout={layout}
                marked={marked}
                hasVerbs={map.kind !== 'external' && watched.value === undefined}
              />
            ))}
          </div>
          {touched && touched.shards.length > 0 && (
            <p class="touched" title={touched.sql}>
              Lit: the {touched.shards.length === 1 ? 'shard' : `${touched.shards.length} shards`} of the last
              query
            </p>
          )}
          <Legend />
          <ShardDetails />
        </>
      )}
    </aside>
  );
}

interface NodeProps {
  readonly layout: NodeLayout;
  readonly marked: ReadonlySet<number>;
  /** Whether its server can be stopped from here. */
  readonly hasVerbs: boolean;
}

function Node({ layout: { node, tiles, local }, marked, hasVerbs }: NodeProps) {
  return (
    <section
      class={`node ${node.role} ${node.state}`}
      aria-label={`${node.name}, ${node.role}, ${node.state}`}
      data-name={node.name}
    >
      <header>
        <h3>{node.name}</h3>
        <span class="state">{stateOf(node)}</span>
        {hasVerbs && <Verbs node={node} />}
      </header>
      {node.replication && <Replication name={node.name} replication={node.replication} />}
      <div class="tiles">
        {tiles.map((tile) => (
          <Tile
            key={`${tile.placement.table} ${tile.placement.shardId}`}
            tile={tile}
            isLit={marked.has(tile.placement.shardId)}
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
      {tables.length > 0 && <li class="quiet">A tile is a shard; the number is how many rows it has.</li>}
    </ul>
  );
}
