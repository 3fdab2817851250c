// The types that keys and columns have, each with a few values: small domains make rows alike, and edges are among them.

export interface ColumnType {
  readonly name: string;
  /** As PostgreSQL reads them. */
  readonly values: readonly string[];
  /** What an UPDATE may make of a value, where the type has something of the kind. */
  readonly change?: (column: string) => string;
  /** Set where there is no order, and so no unique key. */
  readonly unordered?: true;
}

export const keyTypes: readonly ColumnType[] = [
  {
    name: 'integer',
    values: ['0', '1', '-1', '7', '42', '2147483647', '-2147483648', '100003', '-99'],
    change: (c) => `${c} / 2`,
  },
  {
    name: 'text',
    values: ['a', '', ' ', 'straße', "o'clock", 'tenant, "7"', '\\N', 'x'.repeat(300), '%s', 'NULL'],
    change: (c) => `upper(${c})`,
  },
  {
    name: 'bigint',
    values: ['0', '1', '-1', '4294967296', '9223372036854775807', '-9223372036854775808', '77'],
    change: (c) => `-(${c} / 3)`,
  },
  { name: 'smallint', values: ['0', '1', '-1', '32767', '-32768', '9', '300'], change: (c) => `${c} % 5` },
  {
    name: 'uuid',
    values: [
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '6a2f41a3-c54c-fce8-32d2-0324e1c32e22',
      '9f0c2f1e-8f2e-4c7e-9d6a-000000000001',
      '9f0c2f1e-8f2e-4c7e-9d6a-000000000002',
    ],
  },
  {
    name: 'date',
    values: [
      '2000-01-01',
      '1999-12-31',
      '2024-02-29',
      '0044-03-15 BC',
      'infinity',
      '-infinity',
      '5874897-12-31',
    ],
  },
  {
    name: 'timestamptz',
    values: [
      '2000-01-01 00:00+00',
      '1969-12-31 23:59:59.999999+00',
      '2024-03-31 02:30+02',
      'infinity',
      '-infinity',
    ],
  },
  { name: 'timestamp', values: ['2000-01-01 00:00', '1815-06-18 11:35', '2038-01-19 03:14:08', 'infinity'] },
  {
    name: 'numeric',
    values: ['0', '1', '1.0', '-1.50', '123456789012345678901234567890', '0.000000001', 'NaN', 'Infinity'],
    change: (c) => `abs(${c})`,
  },
  {
    name: 'double precision',
    values: ['0', '-0', '1.5', '-1e300', '5e-324', 'NaN', 'Infinity', '-Infinity', '0.1'],
    change: (c) => `-${c}`,
  },
  { name: 'real', values: ['0', '-0', '1.5', '3.4e38', 'NaN', '0.1'] },
  { name: 'boolean', values: ['true', 'false'], change: (c) => `NOT ${c}` },
  { name: 'inet', values: ['10.0.0.1', '10.0.0.1/8', '::1', '255.255.255.255', '2001:db8::/32'] },
  {
    name: 'interval',
    values: ['0', '1 day', '24 hours', '1 mon', '30 days', '-1 year 2 days', '-1 day +02:00'],
  },
  {
    name: 'jsonb',
    values: ['{}', '[]', '1', '1.0', '{"a": [1, {"b": null}]}', '"\\u00e9"', '{"a": "|"}', 'null'],
  },
  { name: 'bytea', values: ['', '\\x00', '\\xdeadbeef', '\\x00ff00'] },
  { name: 'varchar(8)', values: ['', 'abc', 'abc ', 'été', '12345678'] },
  { name: 'char(4)', values: ['', 'ab', 'ab  ', 'abcd', 'é'] },
];

/** The composite type among the types below. */
export const createTypes = 'CREATE TYPE pair AS (a double precision, b jsonb)';

/** Types that a key cannot have, or that are hard to pass on from copy to copy. */
export const columnTypes: readonly ColumnType[] = [
  ...keyTypes,
  {
    name: 'integer[]',
    values: ['{}', '{1,2}', '{NULL}', '{{1,2},{3,4}}', '[2:3]={1,2}', '[-1:-1][0:1]={{1,2}}'],
    change: (c) => `${c} || 9`,
  },
  {
    name: 'text[]',
    values: ['{}', '{a,NULL,"NULL","b c"}', '{"{}","\\"",""}'],
    change: (c) => `array_append(${c}, 'z')`,
  },
  { name: 'jsonb[]', values: ['{}', '{"{}","[1]"}', '{NULL}', '{"null"}', '[0:0]={"{}"}'] },
  { name: 'json', values: ['{"a":1}', '{ "a" : 1, "a": 2 }', '[]', '"x"', ' null '], unordered: true },
  {
    name: 'pair',
    values: ['(,)', '(1,null)', '(-0,"{""a"": [1, null]}")', '(NaN,"[""x, (y)""]")'],
  },
  { name: 'int4range', values: ['empty', '[1,5)', '(,3]', '(,)'] },
  { name: 'tstzrange', values: ['[2024-01-01 00:00+00,infinity)', 'empty'] },
  { name: 'bit varying(5)', values: ['', '101', '00000'], change: (c) => `~${c}` },
  { name: 'time', values: ['00:00', '23:59:59.999999', '24:00'] },
  { name: 'timetz', values: ['00:00+00', '12:00-11:30'] },
  { name: 'tsvector', values: ["'a':1 'b':2A", '', "'it''s'"] },
  { name: 'point', values: ['(0,0)', '(1e300,-0.5)'], unordered: true },
  { name: 'name', values: ['', 'a', 'Ü'] },
  { name: 'cidr', values: ['10.0.0.0/8', '::/0'] },
  { name: 'macaddr', values: ['08:00:2b:01:02:03'] },
  { name: 'money', values: ['0', '-1234.56'] },
  { name: 'oid', values: ['0', '4294967295'] },
  { name: 'character varying', values: ['', 'a\tb', 'line\nline', '\u{1f600}', '\\'] },
];

export const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

export const typeAt = (n: number, types = columnTypes): ColumnType => types[n % types.length]!;

/** The nth value of the type, as text; beyond the last it starts again. */
export const valueAt = ({ values }: ColumnType, n: number): string => values[n % values.length]!;

export const literal = (type: ColumnType, n: number | null): string =>
  n === null ? 'NULL' : `${quote(valueAt(type, n))}::${type.name}`;

/** As `literal`, for an UPDATE: there postgres_fdw writes minus zero as 0. */
export const updateLiteral = (type: ColumnType, n: number | null): string =>
  literal(type, n).replace(/^'-0'/, "'0'");
