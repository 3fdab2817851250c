// The cluster beside the lesson.
import { map } from './store.ts';

export function Cluster() {
  const data = map.value;
  return (
    <aside class="cluster" aria-label="Cluster">
      <h2>Cluster</h2>
      {data?.nodes.map((node) => (
        <div key={node.name} class={`node ${node.state}`}>
          <h3>{node.name}</h3>
          <ul>
            {data.placements
              .filter((placement) => placement.node === node.name)
              .map(({ shardId, table, rows }) => (
                <li key={shardId}>
                  {table} {shardId}: {rows ?? '?'}
                </li>
              ))}
          </ul>
        </div>
      ))}
    </aside>
  );
}
