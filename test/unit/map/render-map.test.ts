// What a map looks like: whole pictures where the layout is the point, else the lines that matter.
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { widthOf } from '../../../runner/lesson/cell.ts';
import type { MapData, MapNode, Placement } from '../../../runner/map/map-data.ts';
import { type MapOptions, renderMap } from '../../../runner/map/render-map.ts';
import { coloured, plain } from '../../../runner/report/style.ts';

const coordinator: MapNode = { name: 'coordinator', role: 'coordinator', state: 'up', isActive: true };
const worker = (number: number, more: Partial<MapNode> = {}): MapNode => ({
  name: `worker-${number}`,
  role: 'worker',
  state: 'up',
  isActive: true,
  ...more,
});

const placement = (table: string, shardId: number, node: string, rows: number | null): Placement => ({
  table,
  shardId,
  node,
  rows,
  bytes: rows === null ? null : 8192,
});

/** Shards in turn on the two workers. */
const spread = (table: string, firstId: number, rows: readonly (number | null)[]) =>
  rows.map((each, i) => placement(table, firstId + i, `worker-${(i % 2) + 1}`, each));

const cluster: MapData = {
  cluster: 'default',
  kind: 'local',
  nodes: [coordinator, worker(1), worker(2)],
  tables: [
    { name: 'sensor_data', kind: 'distributed', distributionColumn: 'sensor_id', colocationId: 1 },
    { name: 'sites', kind: 'reference', distributionColumn: null, colocationId: 2 },
  ],
  placements: [
    ...spread('sensor_data', 102008, [240, 250, 230, 280]),
    ...['worker-1', 'worker-2'].map((node) => placement('sites', 102012, node, 6)),
  ],
};

const standby: MapNode = {
  name: 'worker-1-standby',
  role: 'standby',
  state: 'up',
  follows: 'worker-1',
  replication: { isSynchronous: true, lag: { bytes: 49_152, ms: 1_200 } },
};

const draw = (data: MapData, options: Partial<MapOptions> = {}) =>
  renderMap(data, { style: plain, width: 80, ...options });

const widths = (picture: string) =>
  picture.split('\n').map((line) => widthOf(stripVTControlCharacters(line)));

test('at 80 columns two workers are side by side below the coordinator', () => {
  expect(`\n${draw(cluster)}\n`).toBe(`
╭─ coordinator ──────────────────────────────────────────────── default, local ╮
│ ■ sensor_data  by sensor_id     4 shards            1,000 rows  group 1      │
│ ■ sites        reference table  1 shard × 2 copies      6 rows  group 2      │
╰┬────────────────────────────────────────┬────────────────────────────────────╯
 │ ╭─ worker-1 ───────────────────────╮   │ ╭─ worker-2 ───────────────────────╮
 ╰─┤ sensor_data   2 shards, 470 rows │   ╰─┤ sensor_data   2 shards, 530 rows │
   │  102008 █████████████████    240 │     │  102009 ██████████████████   250 │
   │  102010 ████████████████     230 │     │  102011 ████████████████████ 280 │
   │ sites            1 shard, 6 rows │     │ sites            1 shard, 6 rows │
   │  102012 ▓                   6 ×2 │     │  102012 ▓                   6 ×2 │
   ╰──────────────────────────────────╯     ╰──────────────────────────────────╯
`);
});

test('at 60 columns they are stacked, a standby below the node that it follows', () => {
  const data = { ...cluster, nodes: [...cluster.nodes, standby] };
  expect(`\n${draw(data, { width: 60 })}\n`).toBe(`
╭─ coordinator ──────────────────────────── default, local ╮
│ ■ sensor_data  by sensor_id     4 shards    1,000 rows   │
│ ■ sites        reference table  1 shard ×2      6 rows   │
╰┬─────────────────────────────────────────────────────────╯
 │ ╭─ worker-1 ────────────────────────────────────────────╮
 ├─┤ sensor_data                        2 shards, 470 rows │
 │ │  102008 ███████████████████████████████████       240 │
 │ │  102010 ██████████████████████████████████        230 │
 │ │ sites                                 1 shard, 6 rows │
 │ │  102012 ▓                                        6 ×2 │
 │ ╰┬──────────────────────────────────────────────────────╯
 │  │ ╭─ worker-1-standby ──────────────────────── standby ╮
 │  ╰─┤ sync, 48 kB behind, 1.2 s                          │
 │    ╰────────────────────────────────────────────────────╯
 │ ╭─ worker-2 ────────────────────────────────────────────╮
 ╰─┤ sensor_data                        2 shards, 530 rows │
   │  102009 █████████████████████████████████████     250 │
   │  102011 █████████████████████████████████████████ 280 │
   │ sites                                 1 shard, 6 rows │
   │  102012 ▓                                        6 ×2 │
   ╰───────────────────────────────────────────────────────╯
`);
});

test('more workers than fit beside each other go on in a next row', () => {
  const nodes = [coordinator, worker(1), worker(2), worker(3), worker(4)];
  const titles = (width: number) =>
    draw({ ...cluster, nodes }, { width })
      .split('\n')
      .filter((line) => line.includes('worker-'))
      .map((line) => line.match(/worker-\d/g));
  expect(titles(60)).toEqual([['worker-1'], ['worker-2'], ['worker-3'], ['worker-4']]);
  expect(titles(80)).toEqual([
    ['worker-1', 'worker-2'],
    ['worker-3', 'worker-4'],
  ]);
  expect(titles(200)).toEqual([['worker-1', 'worker-2', 'worker-3', 'worker-4']]);
});

const everything: MapData = {
  ...cluster,
  nodes: [
    coordinator,
    worker(1),
    worker(2),
    worker(3),
    standby,
    { ...standby, name: 'spare', state: 'down' },
  ],
  tables: [
    ...cluster.tables,
    {
      name: '"Таблица 数据 🙂 with a long name"',
      kind: 'single-shard',
      distributionColumn: null,
      colocationId: 3,
    },
    { name: 'x\u001b[31m', kind: 'distributed', distributionColumn: 'k\n', colocationId: 4 },
  ],
  placements: [
    ...cluster.placements,
    placement('"Таблица 数据 🙂 with a long name"', 102013, 'worker-3', 123_456_789),
    placement('x\u001b[31m', 102014, 'worker-3', 1),
  ],
};

test.each([40, 59, 60, 79, 80, 120, 121, 200])('no line is wider than %i columns', (width) => {
  for (const height of [1_000, 30, 5]) {
    for (const style of [plain, coloured]) {
      const picture = draw(everything, { width, height, style, touched: new Set([102008]) });
      expect(Math.max(...widths(picture))).toBeLessThanOrEqual(width);
      expect(stripVTControlCharacters(picture)).toBe(
        draw(everything, { width, height, touched: new Set([102008]) }),
      );
    }
  }
});

test('a node that is down is red and says so; its shards are unreachable, and so is their number', () => {
  const data: MapData = {
    ...cluster,
    nodes: [coordinator, worker(1), worker(2, { state: 'down' })],
    placements: cluster.placements.map((each) =>
      each.node === 'worker-2' ? { ...each, rows: null, bytes: null } : each,
    ),
  };
  const picture = draw(data);
  expect(picture).toContain('─ worker-2 ───────────────── down ╮');
  expect(picture).toContain('102009 ░░░░░░░░░░░░ unreachable');
  expect(picture).toMatch(/sensor_data +by sensor_id +4 shards +\? rows/);
  expect(picture).toMatch(/sites +reference table +1 shard × 2 copies +6 rows/); // worker-1 has a copy
  expect(draw(data, { style: coloured })).toContain('\u001b[31mworker-2');
});

test('a paused and a disabled node say so', () => {
  const picture = draw({
    ...cluster,
    nodes: [coordinator, worker(1, { state: 'paused' }), worker(2, { isActive: false })],
  });
  expect(picture).toContain(' paused ╮');
  expect(picture).toContain(' disabled ╮');
});

test('rows are those of a copy that is written to', () => {
  const data: MapData = {
    ...cluster,
    nodes: [coordinator, worker(1, { isActive: false }), worker(2)],
    placements: [placement('sites', 102012, 'worker-1', 5), placement('sites', 102012, 'worker-2', 6)],
  };
  expect(draw(data)).toMatch(/■ sites .* 6 rows/);
});

test('a standby says when it does not stream, and when nobody can tell', () => {
  const { replication, ...silent } = standby;
  expect(draw({ ...cluster, nodes: [coordinator, worker(1), silent] })).toContain('┤ does not stream');
  expect(draw({ ...cluster, nodes: [coordinator, worker(1, { state: 'down' }), silent] })).toContain(
    '┤ worker-1 is down',
  );
});

test('a standby of the coordinator hangs on it; one that was promoted says in whose place', () => {
  const nodes = [
    coordinator,
    worker(1, { state: 'down', replacedBy: 'spare' }),
    worker(2),
    worker(1, { name: 'spare' }),
    { ...standby, name: 'second', follows: 'coordinator' },
  ];
  const picture = draw({ ...cluster, nodes });
  expect(picture).toContain(' │ ╭─ second ');
  expect(picture).toContain('in place of worker-1 (down)');
  expect(picture).not.toContain('─ worker-1 ');
});

test('touched shards are marked, also without color and when they are drawn in less detail', () => {
  const touched = new Set([102009]);
  const tall = { ...cluster, placements: spread('sensor_data', 102008, Array(32).fill(10)) };
  expect(draw(cluster, { touched })).toContain('│ ▸102009 █');
  expect(draw(cluster, { touched })).toContain('│  102008 █');
  expect(draw(tall, { touched, height: 20 })).toContain('▴');
  expect(draw(tall, { touched, height: 8 })).toContain('▸sensor_da…');
});

test('what does not fit is drawn with less detail, and tables that do not fit are counted', () => {
  const tables = Array.from({ length: 12 }, (_, i) => ({ ...cluster.tables[0]!, name: `table_${i}` }));
  const placements = tables.flatMap(({ name }, i) => spread(name, 102008 + 32 * i, Array(32).fill(i)));
  const data: MapData = { ...cluster, tables, placements };
  const drawn = [300, 50, 35, 23].map((height) => ({ height, picture: draw(data, { height }) }));
  for (const { height, picture } of drawn) expect(picture.split('\n').length).toBeLessThanOrEqual(height);
  const [shards, strips, totals, some] = drawn.map(({ picture }) => picture);
  expect(shards).toContain(' 102008 ');
  expect(strips).toContain('████████████████');
  expect(strips).not.toContain('102008');
  expect(totals).toContain(' table_11 ');
  expect(some).toContain('and 3 more tables');
});

test('a strip shows which shards have more rows, also on another node', () => {
  const data = { ...cluster, placements: spread('sensor_data', 102008, [800, 100, 400, 0]) };
  const picture = draw(data, { height: 8 });
  expect(picture).toMatch(/ ███ ▄▄▄ .* ▁▁▁ ··· /);
});

test('the states of the nodes are there where the metadata cannot be read', () => {
  const picture = draw({
    ...cluster,
    nodes: [{ ...coordinator, state: 'down' }, worker(1), worker(2)],
    tables: [],
    placements: [],
    metadataFailure: 'The metadata cannot be read: the coordinator is down.',
  });
  expect(picture).toMatch(
    /─ coordinator ─+ down ╮\n│ The metadata cannot be read: the coordinator is down\. /,
  );
  expect(picture).toContain('shards unknown');
});

test('tables of one co-location group have one color, others another', () => {
  const data: MapData = {
    ...cluster,
    tables: [...cluster.tables, { ...cluster.tables[0]!, name: 'alerts' }],
  };
  const [, ...lines] = draw(data, { style: coloured }).split('\n');
  const colorOf = (table: string) => /\[(\d+)m■/.exec(lines.find((line) => line.includes(`■ ${table}`))!)![1];
  expect(colorOf('alerts')).toBe(colorOf('sensor_data'));
  expect(colorOf('sites')).not.toBe(colorOf('sensor_data'));
});
