// One copy of a shard: a tile, as large as it has rows, that tells more when it is pointed at.
import type { Placement } from '../../runner/map/map-data.ts';
import { hueOf, type Tile as Layout } from '../../runner/map/tile-layout.ts';
import { bytes } from './replication.tsx';
import { cluster, pointedAt, selected } from './store.ts';

interface Props {
  readonly tile: Layout;
  readonly isLit: boolean;
}

export function Tile({ tile: { placement, size }, isLit }: Props) {
  const { table, shardId, rows, node } = placement;
  const isSame = selected.value?.shardId === shardId;
  const isPointedAt = pointedAt.value === placement;
  const leave = () => {
    if (pointedAt.value === placement) pointedAt.value = undefined;
  };
  const point = () => (pointedAt.value = placement);
  const facts = describe(placement);
  return (
    <span class="place">
      <button
        type="button"
        class={`tile ${isLit ? 'lit' : ''} ${isSame ? 'selected' : ''}`}
        data-shard={shardId}
        data-node={node}
        style={{ width: `${size}px`, height: `${size}px`, '--hue': hueOf(cluster.value.map!, table) }}
        aria-label={[
          `${table}, shard ${shardId}`,
          ...facts,
          ...(isLit ? ['touched by the last query'] : []),
        ].join(', ')}
        onClick={() => (selected.value = placement)}
        onPointerEnter={point}
        onPointerLeave={leave}
        onFocus={point}
        onBlur={leave}
      >
        {rows ?? '?'}
      </button>
      {isPointedAt && (
        <span class="tip" aria-hidden="true">
          <b>
            {table}, shard {shardId}
          </b>
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
        </span>
      )}
    </span>
  );
}

function describe({ rows, bytes: size, node, range }: Placement): readonly string[] {
  return [
    ...(range ? [`hashes ${range[0]} to ${range[1]}`] : []),
    `${rows ?? 'unknown'} rows${size === null ? '' : `, ${bytes(size)}`}`,
    `on ${node}`,
  ];
}
