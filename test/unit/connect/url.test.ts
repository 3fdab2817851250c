import { describe, expect, test } from 'vitest';
import { parseUrl, withoutPassword } from '../../../runner/connect/url.ts';

describe('a URL is read as libpq reads it', () => {
  test.each([
    ['postgres://h/d', { host: 'h', dbname: 'd' }],
    ['postgresql://u:p@h:1/d', { user: 'u', password: 'p', host: 'h', port: '1', dbname: 'd' }],
    ['postgres://u%40x:p%3A%2F@h', { user: 'u@x', password: 'p:/', host: 'h' }],
    ['postgres://u:a#b?c@h/d', { user: 'u', password: 'a#b?c', host: 'h', dbname: 'd' }],
    ['postgres://[::1]:5/d', { host: '::1', port: '5', dbname: 'd' }],
    ['postgres://%2Ftmp/d', { host: '/tmp', dbname: 'd' }],
    ['postgres:///d?host=/tmp&port=6', { host: '/tmp', port: '6', dbname: 'd' }],
    ['postgres://h/d?ssl=true&application_name=x', { host: 'h', dbname: 'd', sslmode: 'require' }],
    [
      'postgres://h?sslmode=verify-full&sslrootcert=ca.crt',
      { host: 'h', sslmode: 'verify-full', sslrootcert: '/here/ca.crt' },
    ],
    ['postgres://h?sslrootcert=system', { host: 'h', sslrootcert: 'system' }],
  ])('%s', (url, found) => {
    expect(parseUrl(url, '/here')).toEqual(found);
  });
});

test.each([
  ['postgres://u:se%cret@h/d', 'a % in it'],
  ['postgres://u:secret/x@h/d', 'its port is not a number'],
  ['postgres://u:secret@h:port/d', 'its port is not a number'],
  ['postgres://u:secret@a,b/d', 'it has several hosts'],
  ['postgres://u:secret@h/d?channel_binding=require', 'the parameter "channel_binding" is not supported'],
  ['http://u:secret@h/d', 'it does not have the form postgres://'],
])('%s cannot be used, and is not quoted', (url, why) => {
  const failure = (() => {
    try {
      return parseUrl(url);
    } catch (error) {
      return error as Error & { hint: string };
    }
  })() as Error & { hint: string };
  expect(failure).toMatchObject({ name: 'UserError', code: 'usage' });
  expect(failure.message).toContain(why);
  expect(`${failure.message} ${failure.hint} ${JSON.stringify(failure)}`).not.toContain('secret');
});

test.each([
  ['postgres://u:secret@h:1/d?sslmode=require', 'postgres://u@h:1/d?sslmode=require'],
  ['postgres://h/d?password=secret&user=u', 'postgres://u@h/d'],
  ['postgres://u:secret@[::1]/d', 'postgres://u@[::1]/d'],
  ['postgres://u%40x:secret@%2Ftmp/a%20b', 'postgres://u%40x@%2Ftmp/a%20b'],
])('%s is kept without its password, and means the same', (url, kept) => {
  expect(withoutPassword(url)).toBe(kept);
  const { password: _, ...rest } = parseUrl(url);
  expect(parseUrl(kept)).toEqual(rest);
});
