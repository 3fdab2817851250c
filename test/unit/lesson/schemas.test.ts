// The JSON Schemas of the YAML in lessons accept what the parser accepts, and refuse what it refuses.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { CHECK_NAMES, readChecks } from '../../../runner/lesson/check-fence.ts';
import { parseCourseSettings } from '../../../runner/lesson/course-settings.ts';
import { readFrontMatter } from '../../../runner/lesson/front-matter.ts';
import { readLandmarks } from '../../../runner/lesson/markdown.ts';
import { LessonError } from '../../../runner/lesson/problem.ts';
import { shippedLessonsDir } from '../../../runner/paths.ts';

const readSchema = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../docs/${name}.schema.json`, import.meta.url), 'utf8'));
const compile = (schema: object) =>
  new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema);

const checkSchema = readSchema('check');
const isCheck = compile(checkSchema);
const isFrontMatter = compile(readSchema('front-matter'));
const isCourse = compile(readSchema('course'));

const place = { file: 'lessons/01-a.md', line: 1 };

function parserTakesChecks(yaml: string): boolean {
  const problems: string[] = [];
  readChecks(yaml, place, (_line, message) => problems.push(message));
  return problems.length === 0;
}

function parserTakesFrontMatter(yaml: string): boolean {
  const problems: string[] = [];
  readFrontMatter(['---', ...yaml.split('\n'), '---'], (_line, message) => problems.push(message));
  return problems.length === 0;
}

test('the schema knows every check', () => {
  expect(Object.keys(checkSchema.properties)).toEqual(CHECK_NAMES);
});

describe('checks', () => {
  test.each([
    ['shards: 4', true],
    ['shards: {t: 4}', true],
    ['shards: {is: 4, say: "four", eventually: 5s}', true],
    ['shards: {is: {t: 4}}', true],
    ['shards: {is: 4, claim: "x"}', false],
    ['shards: {is: 4, eventually: soon}', false],
    ['shards: four', false],
    ['shards: -1', false],
    ['shards: {}', false],
    ['placement: even', true],
    ['placement: odd', false],
    ['rows: 4', false],
    ['rows_per_shard: {t: [1, 2]}', true],
    ['rows_per_shard: {t: 1}', false],
    ['workers: 2', true],
    ['replication_factor: {t: 2}', true],
    ['standbys: {worker-1: {streaming: 2, sync: 1, behind: 16kB}}', true],
    ['standbys: {worker-1: {behind: 16 kB}}', false],
    ['standbys: {worker-1: {lag: 16kB}}', false],
    ['node: {worker-2: down}', true],
    ['node: {worker-2: gone}', false],
    ['copies: identical', true],
    ['lost: some', true],
    ['lost: {writer: 0}', true],
    ['lost: none', false],
    ['tasks: 1', true],
    ['returns: 4', true],
    ['columns: [a, b]', true],
    ['columns: a', false],
    ['value: 4', true],
    ['value: four', true],
    ['value: [4]', false],
    ['true: SELECT true', true],
    ['true: {is: [SELECT true, SELECT 1 = 1], claim: "all is well"}', true],
    ['true: {claim: "x"}', false],
    ['row: {t: 4}', false],
    ['4', false],
  ])('%s: %j', (yaml, isRight) => {
    expect({ parser: parserTakesChecks(yaml), schema: isCheck(load(yaml)) }).toEqual({
      parser: isRight,
      schema: isRight,
    });
  });
});

describe('front matter', () => {
  test.each([
    ['title: A', true],
    ['minutes: 5\ninit: false', true],
    ['workers: 2', true],
    ['workers: exactly 2', true],
    ['workers: about 2', false],
    ['points: {count-them: 3, join-them: {result: 2, tasks: 1.5}}', true],
    ['points: {count-them: many}', false],
    ['points: 3', false],
    ['minutes: 0', false],
    ['init: no', false],
    ['init: setup/shop.sql', true],
    ['init: [init.sql, ../shop.SQL]', true],
    ['init: []', false],
    ['init: /shop.sql', false],
    ['init: [shop.sql, {a: b}]', false],
    ['author: me', false],
  ])('%j: %j', (yaml, isRight) => {
    expect({ parser: parserTakesFrontMatter(yaml), schema: isFrontMatter(load(yaml)) }).toEqual({
      parser: isRight,
      schema: isRight,
    });
  });
});

test.each([
  ['cluster: local', true],
  ['cluster: docker', true],
  ['cluster: postgres', true],
  ['cluster: citus', false],
  ['cluster: [local]', false],
  ['title: A', false],
])('settings of a course: %j: %j', (yaml, isRight) => {
  const parserTakes = () => {
    parseCourseSettings('course.yml', yaml);
    return true;
  };
  if (isRight) expect(parserTakes()).toBe(true);
  else expect(parserTakes).toThrow(LessonError);
  expect(isCourse(load(yaml))).toBe(isRight);
});

test('all that stands in the lessons that ship is as the schemas say', () => {
  let count = 0;
  for (const name of readdirSync(shippedLessonsDir).filter((each) => each.endsWith('.md'))) {
    const lines = readFileSync(`${shippedLessonsDir}/${name}`, 'utf8').split('\n');
    const { next } = readFrontMatter(lines, () => {});
    if (next > 1)
      expect([name, isFrontMatter(load(lines.slice(1, next - 2).join('\n')))]).toEqual([name, true]);
    const body = lines.map((line, i) => (i + 1 < next ? '' : line));
    for (const mark of readLandmarks(body)) {
      if (mark.kind !== 'fence' || mark.info !== 'check') continue;
      expect([name, mark.line, isCheck(load(mark.text))]).toEqual([name, mark.line, true]);
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(100);
});
