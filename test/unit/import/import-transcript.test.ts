import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importTranscript } from '../../../runner/import/import-transcript.ts';
import { draftText } from './draft-text.ts';

const importedFrom = (text: string) => draftText(importTranscript(text));

describe('a session', () => {
  const { text, lesson, left, errors } = importedFrom(`$ psql shop
psql (16.4)
Type "help" for help.

shop=# -- Make a table.
shop=# CREATE TABLE items (
shop(#   id int PRIMARY KEY
shop(# );
CREATE TABLE
Time: 5.123 ms
shop=# \\d items
 Column |  Type
--------+---------
 id     | integer

shop=# -- What goes wrong
shop=# -- A key that is there already is refused: that is what a <key> is for.
shop=# INSERT INTO items VALUES (1), (1);
ERROR:  duplicate key value violates unique constraint "items_pkey"
DETAIL:  Key (id)=(1) already exists.
shop=# SELECT 1 +
shop-# ^C
shop=# \\q
`);

  test('is a lesson that lint takes', () => {
    expect(errors).toEqual([]);
    expect(lesson.init).toEqual([]);
    expect(lesson.steps.map(({ title }) => title)).toEqual(['Make a table', 'What goes wrong']);
  });

  test('keeps statements of several lines, and what they answered', () => {
    expect(text).toContain('```sql\nCREATE TABLE items (\n  id int PRIMARY KEY\n);\n```');
    expect(text).toContain(
      '```sql\nINSERT INTO items VALUES (1), (1);\n```\n\n```error\nduplicate key value violates unique constraint "items_pkey"\n```',
    );
    expect(text).not.toMatch(/Time:|CREATE TABLE\n```\n\nCREATE|shop[=(-]/);
  });

  test('has commands of psql as text, and comments as prose', () => {
    expect(text).toContain('```text\n\\d items\n Column |  Type');
    expect(text).toContain('that is what a \\<key\\> is for.');
  });

  test('says what could not be taken over, with its line', () => {
    expect(left).toEqual([
      'line 11: "\\d" is a command of psql; it is shown, not run',
      'line 21: the statement has no end',
    ]);
  });
});

test('cells are cut below the line of dashes, whatever is in them', () => {
  const { text, lesson } = importedFrom(`db=> SELECT * FROM t;
 id |  note
----+---------
  1 | a|b
  2 | *
  3 | Zürich東
  4 | one    +
    | two
  5 | c++
(5 rows)

`);
  expect(text).toContain('  1 | a\\|b\n  2 | \\*\n');
  const [block] = lesson.steps[0]!.parts;
  const [result] = block!.kind === 'sql' ? block!.expectations : [];
  expect(result?.kind === 'result' && result.rows.map(({ cells }) => cells[1])).toEqual([
    'a|b',
    '\\*',
    'Zürich東',
    'one\ntwo',
    'c++',
  ]);
});

test.each([
  ['expanded', '-[ RECORD 1 ]\na | 1\nb | x\n-[ RECORD 2 ]\na | 2\nb | y\n'],
  ['framed', '+---+---+\n| a | b |\n+---+---+\n| 1 | x |\n| 2 | y |\n+---+---+\n(2 rows)\n'],
  ['without a footer', ' a | b\n---+---\n 1 | x\n 2 | y\n'],
])('a result is read %s', (_, printed) => {
  expect(importedFrom(`db=> TABLE t;\n${printed}\ndb=> SELECT;\n`).text).toContain(
    '```result\n a | b\n---+---\n 1 | x\n 2 | y\n```',
  );
});

test('cells that psql has wrapped are whole', () => {
  const { lesson } = importedFrom(`db=> SELECT * FROM t;
 id |       note
----+------------------
  1 | the first of the.
    |. many items,  a .
    |.long one
  2 | two             +
    | lines.
(2 rows)

`);
  const [block] = lesson.steps[0]!.parts;
  const [result] = block!.kind === 'sql' ? block!.expectations : [];
  expect(result?.kind === 'result' && result.rows.map(({ cells }) => cells[1])).toEqual([
    'the first of the many items,  a long one',
    'two\nlines.',
  ]);
});

describe('a session without prompts, as psql -a writes it', () => {
  const { text, lesson, left, errors } = importedFrom(`-- Make a table
-- Its names are long.
CREATE TABLE items (
  id int PRIMARY KEY
);
psql:a.sql:5: NOTICE:  no such thing
CREATE TABLE
\\pset format wrapped
Output format is wrapped.
INSERT INTO items VALUES (1);
psql:a.sql:7: ERROR:  duplicate key value violates unique constraint "items_pkey"
DETAIL:  Failing row contains (1, one
two, -1).
\\d items
               Table "public.items"
 Column |  Type
--------+---------
 id     | integer
Indexes:
    "items_pkey" PRIMARY KEY, btree (id)

\\echo SELECT 7;
SELECT 7;
SELECT 1 AS one; SELECT 2 AS two;
 one
-----
   1
(1 row)

 two
-----
   2
(1 row)

UPDATE items SET id = 2 RETURNING id;
 id
----
  2
(1 row)

UPDATE 1
-- Count
SELECT
  count(*)
FROM items \\gx
-[ RECORD 1 ]
count | 3

BEGIN;
BEGIN
/* a comment
   of two lines */
COMMIT;
COMMIT
`);

  test('is a lesson that lint takes', () => {
    expect(errors).toEqual([]);
    expect(lesson.steps.map(({ title }) => title)).toEqual(['Make a table', 'Count', 'a comment']);
  });

  test.each([
    '```sql\nCREATE TABLE items (\n  id int PRIMARY KEY\n);\n```\n\n```sql\nINSERT',
    '```sql\nINSERT INTO items VALUES (1);\n```\n\n```error\nduplicate key value violates unique constraint "items_pkey"\n```',
    '```text\n\\d items\n               Table',
    'PRIMARY KEY, btree (id)\n```\n\n```text\n\\echo SELECT 7\nSELECT 7;\n```',
    '```sql\nSELECT 2 AS two;\n```\n\n```result\n two\n-----\n   2\n```',
    '```sql\nUPDATE items SET id = 2 RETURNING id;\n```\n\n```result\n id\n----\n  2\n```\n\n## Count',
    '```sql\nSELECT\n  count(*)\nFROM items;\n```\n\n```result\n count\n-------\n     3\n```',
    '```sql\nBEGIN;\n```\n\n## a comment\n\nof two lines\n\n```sql\nCOMMIT;\n```',
  ])('has %j', (part) => {
    expect(text).toContain(part);
  });

  test('says what it shows and does not run', () => {
    expect(left.map((each) => each.replace(/:.*/, ''))).toEqual(['line 14', 'line 22']);
  });
});

test('a table whose lines were broken is not expected', () => {
  const { text, left } = importedFrom('db=> TABLE t;\n id | no\nte\n----+---\n---\n  1 | on\ne\n(1 row)\n\n');
  expect(text).not.toContain('```result');
  expect(left).toEqual(['line 1: the output "id | no" cannot be read']);
});

test.each([
  ['notices', `SELECT 1;\n${'psql:a.sql:1: NOTICE:  x\n'.repeat(20_000)}\n?column?\n-\n1\n`],
  ['tables without footers', ' SELECT 1 AS n;\n n\n---\n 1\n\n'.repeat(2_000)],
])('a session of many %s is read in one go', (_, session) => {
  const { items } = importTranscript(session);
  expect(items.every(({ kind }) => kind === 'block')).toBe(true);
});

test('a command is shown behind the statement that it ends', () => {
  const { text } = importedFrom('db=> SELECT 0;\ndb=> SELECT 1 AS a \\gset x_\ndb=> SELECT 1\\; SELECT 2;\n');
  expect(text).toContain('```text\nSELECT 1 AS a \\gset x_\n```\n\n```text\nSELECT 1 \\; SELECT 2\n```');
});

test('what is left is told in the order of its lines', () => {
  const { left } = importedFrom('db=> SELECT 1;\ndb=> SELECT FROM WHERE;\ndb=> \\d t\n');
  expect(left.map((each) => each.slice(0, 6))).toEqual(['line 2', 'line 3']);
});

test('of a long result fifty rows stay', () => {
  const rows = Array.from({ length: 60 }, (_, i) => ` ${i}`).join('\n');
  const { text, errors } = importedFrom(`db=> SELECT 1 AS n;\n n\n----\n${rows}\n(60 rows)\n`);
  expect(errors).toEqual([]);
  expect(text).toMatch(/ 49\n\.\.\.\n```/);
});

test('several statements of one line have each its answer', () => {
  const { text } = importedFrom(
    'db=> INSERT INTO t VALUES (1) RETURNING a; SELECT x;\n a\n---\n 1\n(1 row)\n\nINSERT 0 1\nERROR:  column "x" does not exist\nLINE 1: SELECT x;\n               ^\n',
  );
  expect(text).toContain(
    'RETURNING a;\n```\n\n```result\n a\n---\n 1\n```\n\n```sql\nSELECT x;\n```\n\n```error\ncolumn',
  );
});

test('a statement that psql shows again without its prompts is whole', () => {
  expect(importedFrom('db=> SELECT 1\n  AS a;\n a\n---\n 1\n(1 row)\n').text).toContain(
    '```sql\nSELECT 1\n  AS a;\n```\n\n```result\n a\n---\n 1\n```',
  );
});

test.each([
  ["db=> SELECT 'a\ndb'> b';\n", "SELECT 'a\nb';"],
  ['db=*# SELECT 1;\n', 'SELECT 1;'],
  ['me@host:5432/db=> SELECT 1;\n', 'SELECT 1;'],
  ['\u001b[1mdb\u001b[0m=# SELECT 1;\n', 'SELECT 1;'],
  ['db=> SELECT 1 \\gx\n', 'SELECT 1;'],
])('the prompts of %j', (session, statement) => {
  expect(importedFrom(session).text).toContain(`\`\`\`sql\n${statement}\n\`\`\``);
});

test.each([
  ['db=> COPY t FROM STDIN;\n>> 1\n>> \\.\nCOPY 1\n', 'COPY … FROM STDIN'],
  ['db=> SELECT :a;\n a\n---\n 1\n(1 row)\n\n', 'syntax error'],
])('what cannot run in a lesson is shown: %j', (session, why) => {
  const { text, errors, left } = importedFrom(`db=> SELECT 1;\n${session}`);
  expect(errors).toEqual([]);
  expect(text).toContain('```sql {ignore}');
  expect(left.join()).toContain(why);
});

test('whatever was copied, lint has no error', () => {
  const piece = fc.constantFrom(
    'db=# SELECT 1;',
    'db-# ',
    'db=# -- A comment',
    'db=# # heading',
    'db=# -- ```',
    'db=# -- ---',
    "db=# SELECT '",
    "db'# '; \\x",
    ' a | b',
    '---+---',
    ' 1 | ...',
    ' * |',
    '(1 row)',
    'ERROR:  ',
    'ERROR:  42P01: none',
    '```',
    'INSERT 0 1',
    'SELECT 2;',
    '-- A comment without a prompt',
    '\\d t',
    '-[ RECORD 1 ]',
    'a | `',
    '',
  );
  fc.assert(
    fc.property(fc.boolean(), fc.array(piece, { maxLength: 25 }), (hasPrompts, lines) => {
      const shown = hasPrompts ? lines : lines.map((line) => line.replace(/^db.*?[#>] ?/, ''));
      const { errors } = importedFrom([`${hasPrompts ? 'db=# ' : ''}SELECT 0;`, ...shown].join('\n'));
      expect(errors).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
