import { beforeAll, expect, test } from 'vitest';
import { lintDrift } from '../../../runner/lesson/lint-drift.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { loadSqlParser, type SqlParser } from '../../../runner/lesson/sql.ts';
import { fence } from './lesson-text.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const original = [
  '---\nminutes: 5\n---\n# Count',
  '## Count them',
  fence('sql', '-- all of them', 'SELECT count(*) FROM t;'),
  fence('check', 'rows: {is: {t: 2}, say: "two"}'),
  '## Your turn',
  fence('sql {exercise}', '-- here'),
  fence('hint', 'Look.'),
  fence('sql {solution}', 'SELECT 1'),
  fence('sql {wrong}', '-- No.', 'SELECT 2'),
  fence('check', 'value: 1'),
].join('\n\n');

const translated = original
  .replace('# Count', '# Zählen')
  .replace('## Count them', '## Zählt')
  .replace('-- all of them', '-- alle')
  .replace('"two"', '"zwei"')
  .replace('-- here', '-- hier')
  .replace('Look.', 'Schaut hin.')
  .replace('-- No.', '-- Nein.');

function drift(text: string): readonly string[] {
  const found: string[] = [];
  lintDrift(parseLesson('de/01-a.md', text), parseLesson('lessons/01-a.md', original), parser, (...args) =>
    found.push(`${args[2].line}: ${args[3]}`),
  );
  return found;
}

test('what a reader reads may differ, also in comments of SQL', () => {
  expect(drift(translated)).toEqual([]);
});

test.each([
  ['FROM t;', 'FROM u;', 'the statements are not as in the original, lessons/01-a.md:8'],
  ['{t: 2}', '{t: 3}', 'the expectations are not as in the original, lessons/01-a.md:8'],
  ['SELECT 1', 'SELECT 1 + 1', 'the solutions are not as in the original, lessons/01-a.md:19'],
  ['SELECT 2', 'SELECT 3', 'the wrong answers are not as in the original, lessons/01-a.md:19'],
  ['```sql\n', '```sql {node=worker-1}\n', 'the options are not as in the original, lessons/01-a.md:8'],
  ['minutes: 5', 'minutes: 6', 'minutes, init or workers are not those of the original, lessons/01-a.md:1'],
  ['## Your turn', '### Your turn', '1 step, not 2 as in the original, lessons/01-a.md:1'],
])('%j for %j has drifted', (from, to, message) => {
  expect(translated).toContain(from);
  expect(drift(translated.replace(from, to)).map((line) => line.replace(/^\d+: /, ''))).toEqual([message]);
});
