import { describe, expect, test } from 'vitest';
import { nearest, unknownWord } from '../../../runner/lesson/nearest.ts';

const lessons = ['01-cluster', '02-shards', '03-distribution', '04-rows'];

describe('the words nearest to', () => {
  test.each([
    ['row', ['rows', 'columns'], ['rows']],
    ['rwos', ['rows'], ['rows']],
    ['ROWS', ['rows'], ['rows']],
    ['rows', ['ROWS'], ['ROWS']],
    ['colums', ['columns', 'columns_of'], ['columns']],
    ['placment', ['replacement', 'placement'], ['placement']],
    ['distribution', lessons, ['03-distribution']],
    ['03', lessons, ['03-distribution']],
    ['02-shard', lessons, ['02-shards']],
    ['clutser', lessons, ['01-cluster']],
    ['comp', ['check', 'completion'], ['completion']],
    ['05', lessons, []],
    ['x', ['shards', 'rows'], []],
    ['', ['shards'], []],
    ['abc', ['abd', 'abe', 'abf', 'abc', 'ab'], ['abc', 'abd', 'abe']],
  ])('"%s" among %j are %j', (word, known, expected) => {
    expect(nearest(word, known)).toEqual(expected);
  });
});

describe('an unknown word', () => {
  test('is told with the known ones, and with the one that may be meant', () => {
    expect(unknownWord('check', 'row', ['shards', 'rows'])).toBe(
      'unknown check "row"; did you mean "rows"? known: shards, rows',
    );
    expect(unknownWord('check', 'size', ['shards', 'rows'])).toBe(
      'unknown check "size"; known: shards, rows',
    );
  });
});
