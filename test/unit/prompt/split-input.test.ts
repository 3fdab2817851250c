import { describe, expect, test } from 'vitest';
import {
  addLine,
  type Input,
  lastStatement,
  nothingTyped,
  promptMark,
} from '../../../runner/prompt/split-input.ts';

/** What a text means, and the mark of the prompt after each of its lines. */
function read(text: string) {
  let rest = nothingTyped;
  const inputs: Input[] = [];
  const marks: string[] = [];
  for (const line of text.split('\n')) {
    const added = addLine(rest, line);
    inputs.push(...added.inputs);
    rest = added.rest;
    marks.push(promptMark(rest));
  }
  return { inputs, marks: marks.join(''), rest };
}

const statements = (text: string) =>
  read(text).inputs.map((input) => (input.kind === 'statement' ? input.text : `\\${input.name}`));

describe('a statement', () => {
  test.each([
    ['alone in its line', 'SELECT 1;', ['SELECT 1;']],
    ['beside others', 'SELECT 1; SELECT 2;SELECT 3;', ['SELECT 1;', 'SELECT 2;', 'SELECT 3;']],
    [
      'over several lines, a blank one and a comment among them',
      'SELECT 1,\n\n  -- two;\n 2;',
      ['SELECT 1,\n\n  -- two;\n 2;'],
    ],
    ['after a comment', '-- first\nSELECT 1;', ['-- first\nSELECT 1;']],
    ['with a semicolon in a string', "SELECT ';', 'it''s;';", ["SELECT ';', 'it''s;';"]],
    ['with an escaped quote', "SELECT E'\\';', e'a\nb\\\\';", ["SELECT E'\\';', e'a\nb\\\\';"]],
    ['with a backslash that escapes nothing', "SELECT '\\'; SELECT 2;", ["SELECT '\\';", 'SELECT 2;']],
    ['with a semicolon in a name', 'SELECT 1 AS ";""";', ['SELECT 1 AS ";""";']],
    ['with nested comments', 'SELECT /* ; /* ; */ ; */ 1;', ['SELECT /* ; /* ; */ ; */ 1;']],
    [
      'with dollar quotes',
      'DO $$ BEGIN; $x$ ; END $$; SELECT 1;',
      ['DO $$ BEGIN; $x$ ; END $$;', 'SELECT 1;'],
    ],
    [
      'with tagged dollar quotes over lines',
      'DO $b$\nx; $$ ;\n$b$;\nSELECT 1;',
      ['DO $b$\nx; $$ ;\n$b$;', 'SELECT 1;'],
    ],
    ['with a dollar in a name', 'SELECT a$b$ FROM t; SELECT $1;', ['SELECT a$b$ FROM t;', 'SELECT $1;']],
    [
      'with semicolons in parentheses',
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);'],
    ],
    [
      'with a body of its own',
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC\nSELECT CASE WHEN true THEN 1 END;\nSELECT 2;\nEND;SELECT 3;',
      [
        'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC\nSELECT CASE WHEN true THEN 1 END;\nSELECT 2;\nEND;',
        'SELECT 3;',
      ],
    ],
    ['of a transaction', 'BEGIN; SELECT 1; END;', ['BEGIN;', 'SELECT 1;', 'END;']],
    ['of nothing', ';;  ; -- x\n;', []],
  ])('%s', (_name, text, expected) => {
    expect(statements(text)).toEqual(expected);
  });

  test('needs no semicolon at the end of a file', () => {
    expect(lastStatement(read('SELECT 1;\nSELECT 2\n-- end\n').rest)).toEqual({
      kind: 'statement',
      text: 'SELECT 2\n-- end',
    });
    expect(lastStatement(read('-- nothing').rest)).toBeUndefined();
  });
});

describe('a backslash command', () => {
  test.each([
    ['\\d', 'd', ''],
    ['  \\dt  sens*  ; ', 'dt', 'sens*'],
    ['\\c worker-1;', 'c', 'worker-1'],
    ['\\d+ t', 'd+', 't'],
    ['\\d "My Table";', 'd', '"My Table"'],
    ['\\?', '?', ''],
    ['\\', '', ''],
  ])('%s', (text, name, argument) => {
    expect(read(text).inputs).toEqual([{ kind: 'command', name, argument }]);
  });

  test('may stand behind a statement, and in the middle of one, which goes on', () => {
    expect(statements('SELECT 1; \\d t')).toEqual(['SELECT 1;', '\\d']);
    expect(statements('SELECT 1,\n\\d t\n2;')).toEqual(['\\d', 'SELECT 1,\n\n2;']);
  });

  test('is none in quotes and comments', () => {
    expect(statements("SELECT '\\d' /* \\d */ -- \\d\n;")).toEqual(["SELECT '\\d' /* \\d */ -- \\d\n;"]);
  });
});

test.each([
  ['SELECT 1;', '='],
  ['SELECT\n1\n;', '--='],
  ["SELECT 'a\nb'\n;", "'-="],
  ["SELECT E'a\\'\nb'\n;", "'-="],
  ['SELECT "a\nb"\n;', '"-='],
  ['DO $x$\n$x$\n;', '$-='],
  ['/* a\n /* b\n */\n*/', '***='],
  ['SELECT (1\n+ 2)\n;', '(-='],
  ['-- only a comment', '='],
])('the prompt shows what is open: %j', (text, marks) => {
  expect(read(text).marks).toBe(marks);
});
