import { describe, expect, test } from 'vitest';
import { compareStates } from '../../../runner/state/compare.ts';
import type { State, TableState } from '../../../runner/state/state.ts';

const trips: TableState = {
  kind: 'distributed',
  key: 'vehicle_id',
  colocated: ['vehicles'],
  placements: '1 2 1 2',
  columns: { trip_id: 'integer NOT NULL', vehicle_id: 'integer NOT NULL' },
  constraints: [
    'FOREIGN KEY (vehicle_id) REFERENCES vehicles(vehicle_id)',
    'PRIMARY KEY (trip_id, vehicle_id)',
  ],
  indexes: ['(trip_id)'],
  rows: 100,
  values: { trip_id: 'aa', vehicle_id: 'bb' },
  whole: 'cc',
};
const vehicles: TableState = { ...trips, colocated: ['trips'], constraints: [], indexes: [] };
const state: State = {
  workers: 2,
  nodes: ['should have no shards', 'should have shards', 'should have shards'],
  tables: { trips, vehicles },
  objects: { 'function area(integer)': 'dd' },
};

/** What is said of a state that differs so. */
function said(change: Partial<State>): readonly string[] {
  const differences = compareStates(state, { ...state, ...change }, 'after the solution');
  return differences.map(({ title, expected, actual }) => `${title}: expected ${expected}, got ${actual}`);
}

const changed = (change: Partial<TableState>) =>
  said({ tables: { vehicles, trips: { ...trips, ...change } } });

test('a state is like itself', () => {
  expect(said({})).toEqual([]);
});

describe('of a table it tells', () => {
  test.each<[string, Partial<TableState>, string]>([
    ['its kind alone', { kind: 'view', columns: {} }, 'kind of trips: expected distributed, got view'],
    [
      'its key alone',
      { key: 'trip_id', rows: 3 },
      'distribution column of trips: expected vehicle_id, got trip_id',
    ],
    [
      'a column',
      { columns: { ...trips.columns, trip_id: 'bigint' } },
      'column trip_id of trips: expected integer NOT NULL, got bigint',
    ],
    [
      'a column too many',
      { columns: { ...trips.columns, km: 'integer' } },
      'column km of trips: expected none, got integer',
    ],
    [
      'another primary key',
      { constraints: [trips.constraints![0]!, 'PRIMARY KEY (trip_id)'] },
      'primary key of trips: expected (trip_id, vehicle_id), got (trip_id)',
    ],
    [
      'a foreign key that is missing',
      { constraints: [trips.constraints![1]!] },
      'foreign key (vehicle_id) of trips: expected REFERENCES vehicles(vehicle_id), got none',
    ],
    [
      'a check too many',
      { constraints: [...trips.constraints!, 'CHECK ((trip_id > 0))'] },
      'check of trips: expected none, got ((trip_id > 0))',
    ],
    ['an index that is missing', { indexes: [] }, 'index of trips: expected (trip_id), got none'],
    [
      'a trigger',
      { triggers: ['CREATE TRIGGER t'] },
      'trigger of trips: expected none, got CREATE TRIGGER t',
    ],
    [
      'a shard that lacks something',
      { amiss: ['shard 2 has no index (trip_id)'] },
      'shards of trips: expected all like their table, got shard 2 has no index (trip_id)',
    ],
    ['its group', { colocated: [] }, 'tables co-located with trips: expected vehicles, got none'],
    [
      'its rows, and not their values',
      { rows: 99, values: {}, whole: '' },
      'rows of trips: expected 100, got 99',
    ],
    [
      'the values of a column',
      { values: { ...trips.values, trip_id: 'ee' }, whole: 'ff' },
      'values of trip_id in trips: expected those after the solution, got others',
    ],
    [
      'values that were swapped',
      { whole: 'ff' },
      'rows of trips: expected those after the solution, got the same values, combined in other rows',
    ],
    ['the number of its shards', { placements: '1 2' }, 'shards of trips: expected 4, got 2'],
    [
      'copies that are missing',
      { placements: '1+2 2 1 2' },
      'shard 1 of trips: expected 1 copy, got 2 copies',
    ],
    [
      'a shard that moved',
      { placements: '1 1 1 2' },
      'nodes of the shards of trips, in the order of their hash ranges: expected 1 2 1 2, got 1 1 1 2',
    ],
  ])('%s', (_, change, sentence) => {
    expect(changed(change)).toEqual([sentence]);
  });
});

test('a table that is missing is told, and one that somebody made to try things is not', () => {
  expect(said({ tables: { vehicles } })).toEqual(['table trips: expected there is one, got none']);
  expect(said({ tables: { ...state.tables, mine: trips } })).toEqual([]);
  expect(changed({ colocated: ['mine', 'vehicles'] })).toEqual([]);
});

test('a view that nobody asked for is told', () => {
  const view: TableState = { kind: 'view', columns: {} };
  expect(said({ tables: { ...state.tables, v: view } })).toEqual(['view v: expected none, got there is one']);
});

test('functions, operators and settings are told', () => {
  expect(said({ objects: {} })).toEqual([
    'function area(integer): expected the one after the solution, got none',
  ]);
  expect(said({ objects: { ...state.objects, 'function count(integer)': 'x' } })).toEqual([
    'function count(integer): expected none, got there is one',
  ]);
  expect(said({ objects: { ...state.objects, 'setting work_mem': '1MB' } })).toEqual([
    'setting work_mem: expected none, got 1MB',
  ]);
});

describe('nodes', () => {
  const elsewhere = (placements: string) => ({
    vehicles: { ...vehicles, placements },
    trips: { ...trips, placements },
  });

  test('may be called otherwise: what counts is which shards are together', () => {
    expect(said({ tables: elsewhere('2 1 2 1') })).toEqual([]);
    expect(said({ tables: { ...elsewhere('2 1 2 1'), trips } })).toHaveLength(1);
  });

  test('are told apart by what they are', () => {
    const nodes = ['should have no shards', 'should have shards', 'should have no shards'];
    expect(said({ nodes })[0]).toContain('nodes: expected');
    const drained = { ...state, nodes, tables: elsewhere('1 1 1 1') };
    expect(compareStates(drained, drained, '')).toEqual([]);
    expect(compareStates(drained, { ...drained, tables: elsewhere('2 2 2 2') }, '')).toHaveLength(2);
  });

  test('of a cluster of another size are not compared', () => {
    expect(
      said({ workers: 3, nodes: [...state.nodes, 'should have shards'], tables: elsewhere('1 2 3 1') }),
    ).toEqual([]);
  });
});
