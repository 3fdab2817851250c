import { expect, test } from 'vitest';
import { parseCourseSettings } from '../../../runner/lesson/course-settings.ts';

const parse = (text: string) => parseCourseSettings('lessons/course.yml', text);

test.each([
  ['cluster: postgres\n', { cluster: 'postgres' }],
  ['# nothing\n', {}],
  ['', {}],
])('%j', (text, settings) => {
  expect(parse(text)).toEqual(settings);
});

test.each([
  ['cluster: postgrs', 'lessons/course.yml:1: unknown kind of cluster "postgrs"; did you mean "postgres"?'],
  ['cluster: postgres://me@host/db', 'lessons/course.yml:1: unknown kind of cluster'],
  ['cluster: [local]', 'lessons/course.yml:1: "cluster" is one of local, docker, postgres, found a list'],
  ['\nclustr: local', 'lessons/course.yml:2: unknown key "clustr"; did you mean "cluster"?'],
  ['- local', 'lessons/course.yml:1: the settings of a course are keys and values'],
  ['cluster: "', 'lessons/course.yml:1: bad YAML'],
])('%j is refused', (text, words) => {
  expect(() => parse(text)).toThrow(words);
});
