// The types that columns and keys have, each with a few values: small domains make rows alike, and edges are among them.

export interface ColumnType {
  readonly name: string;
  /** As PostgreSQL reads them. */
  readonly values: readonly string[];
  /** What an UPDATE may make of a value, where the type has something of the kind. */
  readonly change?: (column: string) => string;
}

// Without minus zero: postgres_fdw writes it as 0 in an UPDATE that it passes on.
export const columnTypes: readonly ColumnType[] = [
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
    values: ['0', '1.5', '-1e300', '5e-324', 'NaN', 'Infinity', '-Infinity', '0.1'],
    change: (c) => `-${c}`,
  },
  { name: 'real', values: ['0', '1.5', '3.4e38', 'NaN', '0.1'] },
  { name: 'boolean', values: ['true', 'false'], change: (c) => `NOT ${c}` },
  { name: 'inet', values: ['10.0.0.1', '10.0.0.1/8', '::1', '255.255.255.255', '2001:db8::/32'] },
  { name: 'interval', values: ['0', '1 day', '24 hours', '1 mon', '30 days', '-1 year 2 days'] },
  {
    name: 'jsonb',
    values: ['{}', '[]', '1', '1.0', '{"a": [1, {"b": null}]}', '"\\u00e9"', '{"a": "|"}'],
  },
  { name: 'bytea', values: ['', '\\x00', '\\xdeadbeef', '\\x00ff00'] },
  { name: 'varchar(8)', values: ['', 'abc', 'abc ', 'été', '12345678'] },
  { name: 'char(4)', values: ['', 'ab', 'ab  ', 'abcd', 'é'] },
];

export const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

export const typeAt = (n: number): ColumnType => columnTypes[n % columnTypes.length]!;

/** The nth value of the type, as text; beyond the last it starts again. */
export const valueAt = ({ values }: ColumnType, n: number): string => values[n % values.length]!;

export const literal = (type: ColumnType, n: number | null): string =>
  n === null ? 'NULL' : `${quote(valueAt(type, n))}::${type.name}`;
