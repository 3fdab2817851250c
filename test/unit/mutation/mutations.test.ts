import { expect, test } from 'vitest';
import { inTurn, mutationsOf } from '../../../runner/mutation/order.ts';
import { describeScore, isEnough } from '../../../runner/mutation/score.ts';
import type { Column, Relation } from '../../../runner/state/catalog.ts';

const column = (name: string, type: string, more: Partial<Column> = {}): Column => ({
  ...{ name, type, collation: null, notNull: false, identity: '', generated: '', default: null },
  ownsSequence: false,
  ...more,
});

const devices: Relation = {
  ...{ name: 'devices', sql: 'public.devices', path: 'public.devices', relkind: 'r', isUnlogged: false },
  ...{ partitionOf: null, definition: null, method: 'h', model: 's', key: 'device_id', group: 1 },
  columns: [
    column('device_id', 'integer'),
    column('name', 'text'),
    column('active', 'boolean'),
    column('position', 'point'),
    column('length', 'integer', { generated: 's' }),
    column('number', 'bigint', { default: "nextval('n'::regclass)", ownsSequence: true }),
  ],
  constraints: ['PRIMARY KEY (device_id)', 'CHECK ((device_id > 0))'],
  indexes: ['CREATE INDEX devices_name_idx ON public.devices USING btree (name)'],
  triggers: [],
  shards: [{ id: '102008', groups: [1] }],
};

const whats = (kind: string, ...relations: readonly Relation[]) =>
  mutationsOf(relations).flatMap((mutation) => (mutation.kind === kind ? [mutation.what] : []));

test('values change where no unique key is, and no sequence or expression gives them', () => {
  expect(whats('value', devices)).toEqual([
    'a value of name in devices is changed',
    'a value of active in devices is changed',
  ]);
});

test('a name within the name of a key is another one', () => {
  const columns = [column('id', 'integer'), column('device_id', 'integer')];
  expect(whats('value', { ...devices, columns })).toEqual(['a value of id in devices is changed']);
});

test('the distribution column keeps its type', () => {
  expect(whats('type', devices)).toEqual([
    'the type of name in devices is changed to character varying',
    'the type of number in devices is changed to numeric',
  ]);
});

test('a row is copied with the next number in its key, or where there is no key', () => {
  const copy = (relation: Relation) => mutationsOf([relation]).find(({ kind }) => kind === 'insert')?.find;
  expect(copy(devices)).toContain(`quote_nullable(("device_id" + 1)::text)`);
  expect(copy({ ...devices, constraints: [] })).toContain(`quote_nullable(("device_id")::text)`);
  expect(copy({ ...devices, constraints: ['UNIQUE (name)'] })).toBeUndefined();
});

test('an index is dropped from the table, or from one of its shards', () => {
  expect(whats('index', devices)).toHaveLength(1);
  expect(whats('shard index', devices)).toHaveLength(1);
  expect(whats('shard index', { ...devices, shards: null })).toEqual([]);
});

test('only shards of a distributed table are moved', () => {
  expect(whats('move', devices)).toEqual(['a shard of devices is moved']);
  expect(whats('move', { ...devices, method: 'n', key: null })).toEqual([]);
});

test('views and partitions are left alone', () => {
  expect(mutationsOf([{ ...devices, relkind: 'v' }])).toEqual([]);
  expect(mutationsOf([{ ...devices, partitionOf: 'all_devices' }])).toEqual([]);
});

test('names and literals are quoted', () => {
  const odd = { ...devices, columns: [column(`It's "odd"`, 'text')], constraints: [] };
  const [value] = mutationsOf([odd]);
  expect(value?.find).toContain(`SET "It''s ""odd""" = "It''s ""odd""" || ''~''`);
});

test('each kind has its turn before one comes again; the seed decides on the order', () => {
  const all = mutationsOf([devices]);
  const ordered = inTurn(all, '1');
  const kinds = new Set(all.map(({ kind }) => kind));
  expect(new Set(ordered.slice(0, kinds.size).map(({ kind }) => kind))).toEqual(kinds);
  expect(inTurn(all.toReversed(), '1')).toEqual(ordered);
  expect(inTurn(all, '2')).not.toEqual(ordered);
});

test('95 % are enough', () => {
  expect(isEnough({ tried: 20, noticed: 19 })).toBe(true);
  expect(isEnough({ tried: 19, noticed: 18 })).toBe(false);
  expect(describeScore({ tried: 19, noticed: 18 })).toBe('18 of 19 changes noticed, 94 %');
});

test('no change tried is not enough', () => {
  const none = { tried: 0, noticed: 0 };
  expect(isEnough(none)).toBe(false);
  expect(describeScore(none)).toContain('no changes tried');
});
