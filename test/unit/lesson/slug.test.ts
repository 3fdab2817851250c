import { describe, expect, test } from 'vitest';
import { slugOf } from '../../../runner/lesson/slug.ts';

describe('the anchor of a heading', () => {
  test.each([
    ['Count the shards', 'count-the-shards'],
    ['What is `citus_shards`?', 'what-is-citus_shards'],
    ['1. Über-Größe, 日本', '1-über-größe-日本'],
    ['a  b – c', 'a--b--c'],
    ["It's 50% (half) / more!", 'its-50-half--more'],
    ['Ⅳ हिन्दी e\u0301', 'ⅳ-हिन्दी-e\u0301'],
    ['🐘', ''],
  ])('"%s" is "%s"', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });
});
