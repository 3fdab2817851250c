import { expect, test } from 'vitest';
import { without } from '../../../runner/state/exceptions.ts';
import type { State, TableState } from '../../../runner/state/state.ts';

const table: TableState = {
  kind: 'distributed',
  key: 'a',
  colocated: ['other'],
  placements: '1 2',
  columns: { a: 'integer', b: 'text' },
  constraints: ['PRIMARY KEY (a)'],
  indexes: ['(b)'],
  rows: 2,
  values: { a: '1', b: '2' },
  whole: '3',
};
const state: State = { workers: 2, nodes: ['n'], tables: { t: table, other: table }, objects: {} };

/** The parts of `t`, and of `other`, that are left. */
function left(...words: readonly string[]) {
  const { tables } = without(state, words);
  return [tables.t, tables.other].map((each) => each && Object.keys(each).join(' '));
}

const all = Object.keys(table).join(' ').split(' ').sort();
const sorted = (words: string | undefined) => words?.split(' ').sort();

test('nothing is left out unless it is named', () => {
  expect(left().map(sorted)).toEqual([all, all]);
});

test('a table', () => {
  expect(left('t')[0]).toBeUndefined();
  expect(sorted(left('t')[1])).toEqual(all);
});

test('a part of one table, and of every table', () => {
  expect(left('t.placements').map((each) => each?.includes('placements'))).toEqual([false, true]);
  expect(left('placements').map((each) => each?.includes('placements'))).toEqual([false, false]);
});

test('a column', () => {
  const { t } = without(state, ['t.b']).tables;
  expect(t).toMatchObject({ columns: { a: 'integer' }, values: { a: '1' } });
  expect(t?.columns).not.toHaveProperty('b');
});

test('the values of a column', () => {
  const { t } = without(state, ['t.b.values']).tables;
  expect(t).toMatchObject({ columns: { a: 'integer', b: 'text' }, values: { a: '1' } });
  expect(t?.values).not.toHaveProperty('b');
});

test('rows, and their values only', () => {
  expect(left('rows')[0]).not.toMatch(/rows|values|whole/);
  expect(left('t.values')[0]).toMatch(/rows/);
  expect(left('t.values')[0]).not.toMatch(/values|whole/);
});

test('nodes', () => {
  expect(without(state, ['nodes']).nodes).toEqual([]);
});

test('the settings of databases and roles', () => {
  const objects = { 'setting work_mem': '1GB', 'function f(integer)': 'SELECT 1' };
  expect(Object.keys(without({ ...state, objects }, ['settings']).objects)).toEqual(['function f(integer)']);
  expect(without({ ...state, objects }, ['rows']).objects).toEqual(objects);
});
