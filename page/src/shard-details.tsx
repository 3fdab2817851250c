// The shard that was chosen, its rows, and the SQL that shows the same: the picture teaches the catalog.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ShardRows } from '../../runner/page/shard-rows.ts';
import { ResultTable } from './result-table.tsx';
import { get, Refusal } from './server.ts';
import { cluster, selected } from './store.ts';

type Read = { readonly rows: ShardRows; readonly ms: number } | { readonly why: string };

export function ShardDetails() {
  const chosen = selected.value;
  const read = useSignal<Read | undefined>(undefined);
  const rowsNow = cluster.value.map?.placements.find(
    ({ node, shardId }) => node === chosen?.node && shardId === chosen.shardId,
  )?.rows;
  useEffect(() => {
    if (chosen === undefined) return;
    const started = performance.now();
    get<ShardRows>(`/api/nodes/${encodeURIComponent(chosen.node)}/shards/${chosen.shardId}`).then(
      (rows) => (read.value = { rows, ms: performance.now() - started }),
      (error) => (read.value = { why: error instanceof Refusal ? error.message : String(error) }),
    );
  }, [chosen?.node, chosen?.shardId, rowsNow]);
  if (chosen === undefined) return null;
  const { shardId, table, node } = chosen;
  const all = cluster.value.map?.placements.filter((each) => each.shardId === shardId) ?? [];
  const now = read.value;
  return (
    <section class="details" aria-label={`Shard ${shardId}`}>
      <h3>
        Shard {shardId} of {table}
      </h3>
      <p>On {all.map(({ node, rows }) => `${node} (${rows ?? '?'} rows)`).join(' and ')}.</p>
      <pre tabIndex={0}>{`SELECT nodename, shard_size,
       shardminvalue, shardmaxvalue
FROM citus_shards
JOIN pg_dist_shard USING (shardid)
WHERE shardid = ${shardId};`}</pre>
      {now && 'why' in now && <p class="notice">{now.why}</p>}
      {now && 'rows' in now && (
        <>
          <p>On {node} a shard is a table:</p>
          <pre tabIndex={0}>{now.rows.sql}</pre>
          <ResultTable
            result={{
              columns: now.rows.columns,
              rows: now.rows.rows,
              rowCount: Math.max(rowsNow ?? 0, now.rows.rows.length),
              command: 'SELECT',
              ms: now.ms,
            }}
          />
        </>
      )}
    </section>
  );
}
