import { expect, test } from 'vitest';
import { matching, readNamePattern } from '../../../runner/prompt/name-pattern.ts';

test.each([
  ['sensor', undefined, '^(sensor)$'],
  ['Sensor*', undefined, '^(sensor.*)$'],
  ['"Sensor*"', undefined, '^(Sensor\\*)$'],
  ['public.s?', '^(public)$', '^(s.)$'],
  ['*.t', '^(.*)$', '^(t)$'],
  ['a$b', undefined, '^(a\\$b)$'],
  ['"a""b.c".d', '^(a"b\\.c)$', '^(d)$'],
  ['', undefined, undefined],
])('%s', (text, schema, name) => {
  expect(readNamePattern(text)).toEqual({ schema, name });
});

test('quotes cannot end the string in the query', () => {
  expect(matching(`a' OR true`, { name: 'n' })).toBe(`n ~ '^(a'' or true)$'`);
});

test('what is the system’s own shows only where it is named', () => {
  const things = { schema: 's', name: 'n', visible: 'v', own: 'o' };
  expect(matching('', things)).toBe('v AND o');
  expect(matching('t', things)).toBe("n ~ '^(t)$' AND v");
  expect(matching('x.', things)).toBe("s ~ '^(x)$'");
});
