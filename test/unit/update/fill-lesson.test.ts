// What `lesson update` writes, without a server: a lesson with one block, what the block answered, and its text after that.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row, SqlFailure } from '../../../runner/connect/connection.ts';
import { matchError, matchOutput } from '../../../runner/lesson/match.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { createResultMatcher } from '../../../runner/lesson/result.ts';
import { splitSql } from '../../../runner/lesson/sql.ts';
import type { Block } from '../../../runner/lesson/types.ts';
import type { FailedOutcome } from '../../../runner/session/events.ts';
import type { BlockAnswer } from '../../../runner/update/answers.ts';
import { fillLesson } from '../../../runner/update/fill-lesson.ts';
import { blocksOf, fence, oneStep } from '../lesson/lesson-text.ts';

interface Answer {
  readonly sql?: string;
  readonly columns?: readonly string[];
  readonly rows?: readonly Row[];
  readonly rowCount?: number;
  readonly failure?: SqlFailure;
  readonly output?: string;
}

/** As a run judges it. */
async function answerOf(block: Block, { failure, output = '', ...result }: Answer): Promise<BlockAnswer> {
  const { sql = block.text, columns = [], rows = [], rowCount = rows.length } = result;
  const ordered = block.kind === 'sql' && (await splitSql(sql))[0]!.ordered;
  const failed = block.expectations.flatMap((expectation): readonly FailedOutcome[] => {
    const { place } = expectation;
    const outcome = { status: 'failed', place, expected: '', actual: '' } as const;
    switch (expectation.kind) {
      case 'result': {
        const matcher = createResultMatcher(expectation, columns, { ordered });
        for (const row of rows) matcher.push(row);
        const difference = matcher.finish();
        return difference ? [{ ...outcome, title: 'result', difference }] : [];
      }
      case 'error':
        return failure && matchError(expectation, failure)
          ? []
          : [{ ...outcome, title: 'error', ...(failure && { failure }) }];
      case 'output':
        return matchOutput(expectation, output) ? [{ ...outcome, title: 'output' }] : [];
      default:
        return [];
    }
  });
  const numeric = columns.flatMap((name, i) => (name === 'n' ? [i] : []));
  return { results: [{ sql, columns, numeric, rows, rowCount }], output, failed };
}

/** The lines of the fence after an update, without its opening and closing one. */
async function filled(
  language: string,
  lines: readonly string[],
  answer: Answer,
): Promise<readonly string[]> {
  const text = oneStep(
    fence(language === 'output' ? 'bash' : 'sql', answer.sql ?? 'SELECT'),
    fence(language, ...lines),
  );
  const { text: after } = await fill(text, answer);
  const all = after.split('\n');
  return all.slice(all.indexOf(`\`\`\`${language}`) + 1, -1);
}

async function fill(text: string, answer: Answer) {
  const lesson = parseLesson('a.md', text, { unfilled: true });
  const [block] = lesson.steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
  const given = await answerOf(block!, answer);
  const after = await fillLesson(lesson, text, () => given);
  const again = parseLesson('a.md', after.text);
  const [same] = again.steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
  if (after.left.length === 0) expect((await answerOf(same!, answer)).failed).toEqual([]);
  return after;
}

const ordered = 'SELECT node, n FROM t ORDER BY n';
const unordered = 'SELECT node, n FROM t';
const columns = ['node', 'n'];
const rows: readonly Row[] = [
  ['worker-1', '1'],
  ['worker-2', '20'],
];

describe('a result', () => {
  test('that is empty says what came, as psql draws it', async () => {
    expect(await filled('result', [], { sql: ordered, columns, rows })).toEqual([
      '   node   | n',
      '----------+----',
      ' worker-1 |  1',
      ' worker-2 | 20',
    ]);
  });

  test('has numbers in a column of text at the left', async () => {
    const result = { sql: ordered, columns: ['hash', 'n'], rows: [['-7', '7']] };
    expect(await filled('result', [], result)).toEqual([' hash | n', '------+---', ' -7   | 7']);
  });

  test('that holds stays as it is, whatever its form', async () => {
    const lines = ['|n|node|', '|-|-|', '|20|worker-2|', '|1|*|', ''];
    expect(await filled('result', lines, { sql: unordered, columns, rows })).toEqual(lines);
  });

  test('changes the lines of the rows that differ, and only these', async () => {
    const lines = ['  node    |   n', '----------+-----', ' worker-1 |   1', ' worker-2 |  21', ''];
    const after = [...lines.slice(0, 3), ' worker-2 |  20'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual(after);
  });

  test('keeps wildcards, also where the other cells of their row changed', async () => {
    const lines = [' node | n', '------+----', ' *    |  1', ' *    | 21'];
    const after = [...lines.slice(0, 3), ' *    | 20'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual(after);
    expect(await filled('result', lines, { sql: unordered, columns, rows })).toEqual(after);
  });

  test('keeps the wildcards of rows that share nothing with the new ones', async () => {
    const lines = [' node | n', '------+----', ' *    |  3', ' a    | 4'];
    const result = { sql: unordered, columns, rows: [rows[0]!, ['b', '20']] };
    const after = [...lines.slice(0, 2), ' *    |  1', ' b    | 20'];
    expect(await filled('result', lines, result)).toEqual(after);
  });

  test('keeps the text of a row that comes at another place', async () => {
    const lines = ['   node   | n', '----------+----', 'worker-2|20', ' worker-1 |  1'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual([
      ...lines.slice(0, 2),
      lines[3],
      lines[2],
    ]);
  });

  test('keeps numbers at the side on which its author has them', async () => {
    const lines = [' node | n', '------+----', ' a    | 1', ' b    | 21'];
    const shorter: readonly Row[] = [
      ['a', '1'],
      ['b', '3'],
    ];
    const after = [...lines.slice(0, 3), ' b    | 3'];
    expect(await filled('result', lines, { sql: ordered, columns, rows: shorter })).toEqual(after);
  });

  test('has wildcards in new rows where a column has nothing else', async () => {
    const lines = [' node | n', '------+----', ' *    |  1'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual([...lines, ' *    | 20']);
    expect(await filled('result', lines, { sql: unordered, columns, rows })).toEqual([
      ...lines,
      ' *    | 20',
    ]);
  });

  test('keeps its dots', async () => {
    const lines = [' node     | n', '----------+---', ' worker-1 | 2', ' ...'];
    const after = [' node     | n', '----------+---', ' worker-1 | 1', ' ...'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual(after);
    expect(await filled('result', lines, { sql: unordered, columns, rows })).toEqual(after);
  });

  test('loses rows that are gone, and keeps the order of its author where none counts', async () => {
    const lines = ['   node   | n', '----------+----', ' worker-3 |  3', ' worker-2 | 20', ' worker-1 |  1'];
    expect(await filled('result', lines, { sql: unordered, columns, rows })).toEqual([
      ...lines.slice(0, 2),
      ...lines.slice(3),
    ]);
    expect(await filled('result', lines.slice(0, 4), { sql: unordered, columns, rows: [] })).toEqual(
      lines.slice(0, 2),
    );
  });

  test('puts a row that is new where order has it', async () => {
    const lines = ['   node   | n', '----------+----', ' worker-2 | 20'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual([
      ...lines.slice(0, 2),
      ' worker-1 |  1',
      ' worker-2 | 20',
    ]);
  });

  test('is drawn anew where a value needs more room, with wildcards and sides of its author', async () => {
    const lines = [' node | n', '------+---', ' a    | 1', ' *    | 2'];
    const wide: readonly Row[] = [
      ['a', '1'],
      ['b', '1234567'],
    ];
    expect(await filled('result', lines, { sql: ordered, columns, rows: wide })).toEqual([
      ' node |    n',
      '------+---------',
      ' a    |       1',
      ' *    | 1234567',
    ]);
    const free = [' node | n', '------+---', ' a    | *', ' b    | 2'];
    expect(await filled('result', free, { sql: ordered, columns, rows: wide })).toEqual([
      ' node |    n',
      '------+---------',
      ' a    | *',
      ' b    | 1234567',
    ]);
  });

  test('that is a markdown table remains one', async () => {
    const lines = ['| node | n |', '|------|---|', '| worker-1 | 1 |', '| * | 2 |'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual([
      ...lines.slice(0, 3),
      '| *    | 20 |',
    ]);
    expect(
      await filled('result', lines.slice(0, 3), { sql: ordered, columns: ['node'], rows: [['a']] }),
    ).toEqual(['| node |', '| ---- |', '| a    |']);
  });

  test('has the columns of the answer where these are others, and wildcards in those that remain', async () => {
    const lines = [' node | m', '------+---', ' *    | 1', ' *    | 2'];
    expect(await filled('result', lines, { sql: ordered, columns, rows })).toEqual([
      ' node | n',
      '------+----',
      ' *    |  1',
      ' *    | 20',
    ]);
  });

  test('counts its rows where it did so before', async () => {
    const lines = [' n', '---', ' 1', '(1 row)'];
    const result = { sql: 'SELECT n FROM t ORDER BY n', columns: ['n'], rows: [['1'], ['2']] };
    expect(await filled('result', lines, result)).toEqual([' n', '---', ' 1', ' 2', '(2 rows)']);
    const open = [' n', '---', ' 1', ' ...', '(5 rows)'];
    expect(await filled('result', open, result)).toEqual([' n', '---', ' 1', ' ...', '(2 rows)']);
  });

  test('counts its rows where the last one would not be seen', async () => {
    const result = { sql: 'SELECT a FROM t', columns: ['a'], rows: [['x'], [null]] };
    expect(await filled('result', [], result)).toEqual([' a', '---', ' x', '', '(2 rows)']);
  });

  test('escapes values that look like what an author writes', async () => {
    const values = [['*'], ['...'], ['a|b'], ['\\*']];
    expect(await filled('result', [], { sql: 'SELECT a FROM t', columns: ['a'], rows: values })).toEqual([
      '  a',
      '------',
      ' \\*',
      ' \\...',
      ' a\\|b',
      ' \\\\*',
    ]);
  });

  test('has lines of a cell that a bar does not end', async () => {
    const lines = [' a | b', '---+---', ' x+| 1', ' y |  ', ' z | 2'];
    const result = {
      columns: ['a', 'b'],
      rows: [
        ['x\ny', '1'],
        ['p\nq', '3'],
      ],
    };
    expect(await filled('result', lines, { sql: 'SELECT a, b FROM t ORDER BY b', ...result })).toEqual([
      ...lines.slice(0, 4),
      ' p+| 3',
      ' q |',
    ]);
  });

  test('of very many rows has the first fifty and dots; an author who wrote more has more', async () => {
    const many: readonly Row[] = Array.from({ length: 1_000 }, (_, i) => [String(i)]);
    const result = { sql: 'SELECT n FROM t ORDER BY n', columns: ['n'], rows: many, rowCount: 5_000_000 };
    const blank = await filled('result', [], result);
    expect([blank.length, blank.at(-2), blank.at(-1)]).toEqual([53, ' 49', ' ...']);
    const lines = [' n', '---', ...Array.from({ length: 60 }, () => ' 0')];
    expect((await filled('result', lines, result)).length).toBe(63);
  });

  test('of which only some of many differences are known is that of the answer', async () => {
    const value = (shift: number) => Array.from({ length: 120 }, (_, i) => String(1_000 + i + shift));
    const lines = [' n', '------', ...value(0).map((n) => ` ${n}`)];
    const result = { sql: 'SELECT n FROM t', columns: ['n'], rows: value(500).map((n) => [n]) };
    expect(await filled('result', lines, result)).toEqual([
      ' n',
      '------',
      ...value(500).map((n) => ` ${n}`),
    ]);
  });

  const special = fc.constantFrom(
    '*',
    '...',
    '|',
    '\\',
    '+',
    '\n',
    ' ',
    '-',
    '(1 row)',
    '```',
    '\u001b',
    '日',
  );
  const value = fc
    .array(fc.oneof(special, fc.string({ maxLength: 2 })), { maxLength: 3 })
    .map((parts) => parts.join(''));
  const cell = fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 8, arbitrary: value });
  const table = fc.integer({ min: 1, max: 3 }).chain((width) => {
    const row = fc.array(cell, { minLength: width, maxLength: width });
    const rows = fc.array(row, { maxLength: 4 });
    const names = fc.constantFrom('a', 'b', 'n');
    return fc.record({
      columns: fc.array(names, { minLength: width, maxLength: width }),
      before: rows,
      rows,
      sql: fc.constantFrom('SELECT', 'SELECT ORDER BY 1'),
    });
  });

  test('holds when it is filled in, from nothing and from another one, whatever the cells hold', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ sql, columns, before, rows }) => {
        const longest = '`'.repeat(12); // longer than a cell can be: none closes the fence
        const text = oneStep(fence('sql', sql), `${longest}result\n${longest}`);
        const { text: first, left } = await fill(text, { sql, columns, rows: before });
        expect(left).toEqual([]);
        await fill(first, { sql, columns, rows });
      }),
      { numRuns: 300 },
    );
  });

  test('belongs to the last statements that return columns', async () => {
    const text = oneStep(fence('sql', 'SELECT 1 AS a; SELECT 2 AS b'), fence('result', ' b', '---', ' 3'));
    const lesson = parseLesson('a.md', text);
    const [block] = blocksOf(text);
    const last = await answerOf(block!, { sql: 'SELECT 2 AS b', columns: ['b'], rows: [['2']] });
    const first = { sql: 'SELECT 1 AS a', columns: ['a'], rows: [['1']], rowCount: 1 };
    const after = await fillLesson(lesson, text, () => ({ ...last, results: [first, ...last.results] }));
    expect(after.text).toBe(text.replace(' 3', ' 2'));
  });
});

describe('an error', () => {
  const failure = { sqlstate: '23505', message: 'duplicate key value violates "t_pkey"\nmore' };

  test.each([
    [[], '23505: duplicate key value violates "t_pkey"'],
    [['42P01'], '23505'],
    [['23: no such'], '23: duplicate key value violates "t_pkey"'],
    [['42P01: duplicate key'], '23505: duplicate key'],
    [['', 'no such'], 'duplicate key value violates "t_pkey"'],
    [['ERROR:  no such'], 'ERROR:  duplicate key value violates "t_pkey"'],
  ])('%j becomes %j', async (lines, after) => {
    expect(await filled('error', lines, { failure })).toEqual([after]);
  });

  test('stays where the block did not fail', async () => {
    const text = oneStep(fence('sql', 'SELECT 1'), fence('error', '42P01'));
    const lesson = parseLesson('a.md', text);
    const [block] = blocksOf(text);
    const answer = await answerOf(block!, {});
    expect((await fillLesson(lesson, text, () => answer)).text).toBe(text);
  });
});

describe('an output', () => {
  test.each([
    [[], 'a\n b\n', ['a', ' b']],
    [[], '...\n\\...\n*\n\\*\n', ['\\...', '\\\\...', '*', '\\\\*']],
    [['a', 'x', 'c'], 'a\nb\nc\n', ['a', 'b', 'c']],
    [['a', '...', 'x'], 'a\n1\n2\nb\n', ['a', '...', 'b']],
    [['...', 'x', '...'], 'p\nq\n', ['p', 'q']],
    [['...', '  1000', '...'], ' count\n----\n  2000\n(1 row)\n', ['...', '  2000', '...']],
    [['a', '...', '\\...', 'y'], 'a\nb\n...\nz\n', ['a', '...', '\\...', 'z']],
    [['a', '...', 'b'], '', ['...']],
  ])('%j becomes, after %j, %j', async (lines, output, after) => {
    expect(await filled('output', lines, { output })).toEqual(after);
  });

  test('of very many lines has the first fifty and dots', async () => {
    const lines = await filled('output', [], { output: 'x\n'.repeat(2_000) });
    expect([lines.length, lines.at(-1)]).toEqual([51, '...']);
  });
});

describe('the text around', () => {
  const result = { sql: 'SELECT 1 AS a', columns: ['a'], rows: [['1']] };

  test('keeps its line ends, its indentation and its mark at the beginning', async () => {
    const text = `\uFEFF${oneStep(fence('sql', 'SELECT 1 AS a'), '  ```result', '  ```', '', 'End.')}`;
    const windows = text.replaceAll('\n', '\r\n');
    const after = '  ```result\n   a\n  ---\n   1\n  ```\n\nEnd.'.replaceAll('\n', '\r\n');
    const before = windows.slice(0, windows.indexOf('  ```result'));
    expect((await fill(windows, result)).text).toBe(before + after);
  });

  test('has each fence in its place, whatever those above have grown to', async () => {
    const text = oneStep(
      fence('sql', 'SELECT 1 AS a'),
      fence('result'),
      fence('sql', 'SELECT 1 AS a'),
      fence('result'),
    );
    const lesson = parseLesson('a.md', text, { unfilled: true });
    const [block, other] = lesson.steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
    const given = new Map([
      [block!.id, await answerOf(block!, result)],
      [other!.id, await answerOf(other!, result)],
    ]);
    const after = await fillLesson(lesson, text, ({ id }) => given.get(id));
    expect(after.text).toBe(text.replaceAll('```result\n', '```result\n a\n---\n 1\n'));
    expect(after.filled).toEqual(['result', 'result']);
  });

  test('stays where a line of the answer would close the fence', async () => {
    const text = oneStep(fence('bash', 'cat x'), fence('output'));
    const answer = { output: 'a\n```\n' };
    const lesson = parseLesson('a.md', text);
    const [block] = blocksOf(text);
    const given = await answerOf(block!, answer);
    const after = await fillLesson(lesson, text, () => given);
    expect(after.text).toBe(text);
    expect(after.left).toEqual([{ id: 'step/1', why: expect.stringContaining('would close its fence') }]);
    expect((await fill(text.replace('```output\n```', '````output\n````'), answer)).text).toContain(
      'a\n```\n````',
    );
  });

  test('stays where a block was skipped or not reached, and it is said', async () => {
    const text = oneStep(
      fence('sql {engine=citus}', 'SELECT 1'),
      fence('result'),
      fence('sql', 'SELECT 2'),
      fence('error'),
    );
    const lesson = parseLesson('a.md', text, { unfilled: true });
    const skipped = { results: [], output: '', failed: [], skipped: 'no Citus' };
    const after = await fillLesson(lesson, text, ({ id }) => (id === 'step/1' ? skipped : undefined));
    expect(after.text).toBe(text);
    expect(after.left).toEqual([
      { id: 'step/1', why: 'no Citus' },
      { id: 'step/2', why: 'the run ended earlier' },
    ]);
  });
});
