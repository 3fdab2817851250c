import { expect, test } from 'vitest';
import { type Choice, chooseLessons } from '../../../runner/app/choose-lessons.ts';

const course = ['1', '2', '3', '4', '5', '6', '7'].map((id) => ({ id }));
const choose = (choice: Choice) => chooseLessons(course, choice).map(({ id }) => id);

test('without a choice all, in the order of the course', () => {
  expect(choose({}).join('')).toBe('1234567');
});

test('the shards have each lesson once', () => {
  const shards = [1, 2, 3].map((number) => choose({ shard: { number, of: 3 } }));
  expect(shards).toEqual([
    ['1', '4', '7'],
    ['2', '5'],
    ['3', '6'],
  ]);
  expect(choose({ shard: { number: 9, of: 9 } })).toEqual([]);
});

test('each round has all lessons', () => {
  expect(choose({ repeat: 2 }).join('')).toBe('12345671234567');
});

test('a seed makes an order, the same each time, and another in each round', () => {
  const order = choose({ seed: 'a', repeat: 2 });
  expect(order).toEqual(choose({ seed: 'a', repeat: 2 }));
  const rounds = [order.slice(0, 7), order.slice(7)];
  for (const round of rounds) expect(round.toSorted()).toEqual(choose({}));
  expect(rounds[0]).not.toEqual(rounds[1]);
  expect(choose({ seed: 'b' })).not.toEqual(choose({ seed: 'a' }));
});
