import { expect, test } from 'vitest';
import {
  columnText,
  constraintText,
  indexText,
  isNumbered,
  viewText,
  withoutShardIds,
} from '../../../runner/state/definitions.ts';

test.each([
  ['CREATE INDEX devices_serial ON ONLY public.devices USING btree (serial_no)', '(serial_no)'],
  [
    'CREATE UNIQUE INDEX "my index" ON public."My Table" USING btree (a, b) WHERE (a > 0)',
    'UNIQUE (a, b) WHERE (a > 0)',
  ],
  ['CREATE INDEX i ON t USING gin (tags)', 'gin (tags)'],
])('an index without its names: %s', (definition, text) => {
  expect(indexText(definition)).toBe(text);
});

test.each([
  ['PRIMARY KEY (vehicle_id, trip_id)', 'PRIMARY KEY (trip_id, vehicle_id)'],
  ['UNIQUE NULLS NOT DISTINCT (b, a) DEFERRABLE', 'UNIQUE NULLS NOT DISTINCT (a, b) DEFERRABLE'],
  [
    'FOREIGN KEY (b) REFERENCES t(id) ON DELETE CASCADE',
    'FOREIGN KEY (b) REFERENCES t(id) ON DELETE CASCADE',
  ],
  ['FOREIGN KEY (b, a) REFERENCES t(c, d)', 'FOREIGN KEY (a, b) REFERENCES t(d, c)'],
  [
    'EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((NOT cancelled))',
    'EXCLUDE USING gist (during WITH &&, room WITH =) WHERE ((NOT cancelled))',
  ],
  [
    "EXCLUDE USING gist (tstzrange(begins, ends, '[)'::text) WITH &&, room WITH =)",
    "EXCLUDE USING gist (room WITH =, tstzrange(begins, ends, '[)'::text) WITH &&)",
  ],
  [
    "EXCLUDE USING gist (room WITH =) WITH (fillfactor='80') DEFERRABLE",
    "EXCLUDE USING gist (room WITH =) WITH (fillfactor='80') DEFERRABLE",
  ],
])('a key without the order of its columns: %s', (definition, text) => {
  expect(constraintText(definition)).toBe(text);
});

test('a shard refers to shards, and says what its table says', () => {
  const clean = (text: string) => withoutShardIds(text, new Set(['102012']));
  expect(clean('FOREIGN KEY (a_1) REFERENCES devices_102012(a_1)')).toBe(
    'FOREIGN KEY (a_1) REFERENCES devices(a_1)',
  );
  expect(clean('REFERENCES "My devices_102012"(a)')).toBe('REFERENCES "My devices"(a)');
  expect(clean('REFERENCES devices_2024(a)')).toBe('REFERENCES devices_2024(a)');
});

const column = {
  name: 'a',
  type: 'integer',
  collation: null,
  notNull: false,
  identity: '',
  generated: '',
  default: null,
  ownsSequence: false,
};

test('a column in one line', () => {
  expect(columnText(column)).toBe('integer');
  expect(columnText({ ...column, notNull: true, default: '0' })).toBe('integer NOT NULL DEFAULT 0');
  expect(columnText({ ...column, generated: 's', default: '(b * 2)' })).toBe(
    'integer GENERATED ALWAYS AS ((b * 2))',
  );
  expect(columnText({ ...column, identity: 'a' })).toBe('integer GENERATED ALWAYS AS IDENTITY');
});

test('a column that a sequence fills', () => {
  const serial = { ...column, default: "nextval('t_a_seq'::regclass)", ownsSequence: true };
  expect(columnText(serial)).toBe('integer DEFAULT the next number');
  expect([column, serial, { ...column, identity: 'd' }].map(isNumbered)).toEqual([false, true, true]);
});

test('a view of one table, as PostgreSQL 15 and 16 print it', () => {
  const text = 'SELECT device_id FROM events WHERE (kind = 1.5)';
  expect(viewText(' SELECT device_id\n   FROM events\n  WHERE (kind = 1.5);')).toBe(text);
  expect(viewText(' SELECT events.device_id\n   FROM events\n  WHERE (events.kind = 1.5);')).toBe(text);
});
