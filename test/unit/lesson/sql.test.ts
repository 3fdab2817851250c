import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../../runner/errors.ts';
import { blankComments } from '../../../runner/lesson/blank-comments.ts';
import type { SqlStatement } from '../../../runner/lesson/plain-sql.ts';
import { splitPlainSql } from '../../../runner/lesson/plain-sql.ts';
import { loadSqlParser, type SqlParser, splitSql } from '../../../runner/lesson/sql.ts';

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const short = (statements: readonly SqlStatement[]) =>
  statements.map(({ line, text, ordered }) => `${line}: ${text}${ordered ? ' (ordered)' : ''}`);
const split = (...lines: string[]) => short(parser.split(lines.join('\n')));

describe('SQL is split', () => {
  test('at its semicolons; blank statements and comments between them vanish', () => {
    expect(
      split('-- first', 'SELECT 1;', ';;', '/* two', '   lines */ SELECT 2 ; -- after', '', 'SELECT 3'),
    ).toEqual(['1: SELECT 1', '4: SELECT 2', '6: SELECT 3']);
    expect([split(''), split(' ', ''), split('-- only'), split(';')]).toEqual([[], [], [], []]);
  });

  test('where it has more bytes than characters', () => {
    expect(split("SELECT 'é日🐘';", "  SELECT 'ü' -- ö", ' , 2; SELECT 3')).toEqual([
      "0: SELECT 'é日🐘'",
      "1: SELECT 'ü' -- ö\n , 2",
      '2: SELECT 3',
    ]);
  });

  test('but not in quotations, comments and bodies', () => {
    const body =
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END';
    expect(split("SELECT ';' AS \";\", $$;$$, $a$;$$;$a$, E'\\';' /* ; */;", `${body};`, 'SELECT 2')).toEqual(
      ["0: SELECT ';' AS \";\", $$;$$, $a$;$$;$a$, E'\\';' /* ; */", `1: ${body}`, '2: SELECT 2'],
    );
  });

  test.each([
    ['SELECT a FROM t ORDER BY a', true],
    ['SELECT a FROM t UNION SELECT b FROM u ORDER BY 1', true],
    ['(SELECT a FROM t ORDER BY a)', true],
    ['WITH x AS (SELECT 1 AS a) SELECT a FROM x ORDER BY a', true],
    ['VALUES (1), (2) ORDER BY 1', true],
    ['EXPLAIN SELECT 1', true],
    ['SHOW work_mem', true],
    ['SELECT a FROM (SELECT a FROM t ORDER BY a) x', false],
    ['SELECT array_agg(a ORDER BY a) FROM t', false],
    ["SELECT 'order by'", false],
    ['SELECT rank() OVER (ORDER BY a) FROM t', false],
    ['WITH x AS (SELECT 1 AS a ORDER BY 1) SELECT a FROM x', false],
    ['INSERT INTO t SELECT a FROM u ORDER BY a RETURNING a', false],
    ['BEGIN', false],
  ])('%s: the rows come in its order: %s', async (text, ordered) => {
    expect(parser.split(text)[0]!.ordered).toBe(ordered);
    expect((await splitSql(text))[0]!.ordered).toBe(ordered);
  });
});

describe('SQL that does not parse is split', () => {
  test('at semicolons outside of quotations, parentheses and bodies', () => {
    const body = 'CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT CASE 1 END; END';
    expect(
      split('SELECT 1 ORDER BY 1;', "SELEC 'é;';", `${body}; SELECT (1; 2);`, '/* x */ SELECT 3'),
    ).toEqual([
      '0: SELECT 1 ORDER BY 1 (ordered)',
      "1: SELEC 'é;'",
      `2: ${body}`,
      '2: SELECT (1; 2)',
      '3: SELECT 3',
    ]);
  });

  test('not at all where a quotation does not end', () => {
    expect(split('', 'SELECT 1;', "SELECT 'x;")).toEqual(["1: SELECT 1;\nSELECT 'x;"]);
  });
});

describe('what is not SQL for a server', () => {
  const place = { file: 'a.md', line: 10 };
  test.each([
    [['SELECT 1;', '\\d sensor_data'], 11, '"\\d" is a command of psql, not SQL'],
    [['\\! touch 1x'], 10, '"\\!" is a command of psql, not SQL'],
    [['SELECT 1', '\\gexec'], 11, '"\\gexec" is a command of psql, not SQL'],
    [
      ['', '', 'COPY t FROM STDIN WITH (FORMAT csv);', '1,2', '\\.'],
      14,
      '"\\." is a command of psql, not SQL',
    ],
    [
      ["SELECT 'é';", 'COPY t (a) FROM stdin;'],
      11,
      'COPY … FROM STDIN has no data to read here; use INSERT, or psql in a bash block',
    ],
    [['SELECT', ' 1\0'], 11, 'SQL cannot hold a NUL character'],
  ])('is refused with its place: %j', async (lines, line, message) => {
    const text = lines.join('\n');
    for (const run of [async () => parser.split(text, place), () => splitSql(text, place)]) {
      const error = await run().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ code: 'lesson', message, place: { file: 'a.md', line } });
    }
  });

  test.each(["COPY t FROM '/x'", 'COPY t TO STDOUT', "COPY t FROM PROGRAM 'cat x'"])('but not %s', (text) => {
    expect(split(text)).toEqual([`0: ${text}`]);
  });
});

describe('a syntax error', () => {
  test.each([
    ['SELECT 1', undefined],
    ['', undefined],
    ['SELEC 1', { line: 0, message: 'syntax error at or near "SELEC"' }],
    ["SELECT '🐘é\n';\nSELECT 1\n FROM WHERE", { line: 3, message: 'syntax error at or near "WHERE"' }],
    ["SELECT 1;\nSELECT 'x", { line: 1, message: `unterminated quoted string at or near "'x"` }],
  ])('in %j is %j', (text, problem) => {
    expect(parser.findSyntaxError(text)).toEqual(problem);
  });
});

describe('SQL that is hard on the parser', () => {
  const sum = `SELECT ${'1+'.repeat(10_000)}1`;

  test('has too many levels: that is an error in the line of the statement', () => {
    const error = { line: 2, message: expect.stringMatching(/^the statement has too many levels/) };
    expect(parser.findSyntaxError(`SELECT 1;\n\n${sum};\nSELECT 2`)).toEqual(error);
    expect(split('SELECT 1;', `${sum};`, 'SELECT 2')).toEqual(['0: SELECT 1', `1: ${sum}`, '2: SELECT 2']);
    expect(parser.findSyntaxError('SELECT 1')).toBeUndefined();
  });

  test('has comments in comments: it ends in time', () => {
    const nested = `${'/*'.repeat(50_000)}\n${'*/'.repeat(50_000)}`;
    expect(split(`SELECT 1; ${nested}`, 'SELEC 2')).toEqual(['0: SELECT 1', '2: SELEC 2']);
    expect(parser.findSyntaxError(`${nested} SELEC 1`)).toMatchObject({ line: 1 });
    expect(parser.findSyntaxError('/*'.repeat(50_000))?.message).toContain('unterminated /* comment');
  }, 20_000);
});

describe('block comments', () => {
  test.each([
    ['SELECT /* é /* ; */ \n */ 1', 'SELECT /*            \n */ 1'],
    ['SELECT /* 🐘', 'SELECT /*     '],
    [`'/* x */' "/* x */" -- /* x */\n/* x */`, `'/* x */' "/* x */" -- /* x */\n/*   */`],
    [String.raw`E'\'/* x */' e'''/* x */' 'a\' /* x */`, String.raw`E'\'/* x */' e'''/* x */' 'a\' /*   */`],
    [`e'a''/* x */' /* x */`, `e'a''/* x */' /*   */`],
    ['$$/* x */$$ $a$ $b$ /* x */ $a$ /* x */', '$$/* x */$$ $a$ $b$ /* x */ $a$ /*   */'],
    ['a$b$ /* x */ $b$', 'a$b$ /*   */ $b$'],
    ["'/* x */", "'/* x */"],
  ])('in %j are blanked: %j', (text, blanked) => {
    expect(blankComments(text)).toBe(blanked);
  });
});

describe('any SQL', () => {
  const word = fc.constantFrom(
    ...[
      'SELECT 1',
      'select',
      'a',
      'FROM t',
      ' ',
      '\n',
      ';',
      ';\n',
      '(',
      ')',
      "'x;'",
      '"y;"',
      "''",
      "'",
      '"',
      ',',
    ],
    ...[
      'order by 1',
      'ORDER\nBY',
      'order',
      'by',
      'with x as',
      'insert into t',
      'values (1)',
      'table t',
      'explain',
    ],
    ...[
      'show x',
      '-- c\n',
      '/* ; */',
      '$$;$$',
      '$',
      '\\d',
      'é',
      '日',
      'begin atomic',
      'end',
      'case',
      'x.',
      '[1]',
    ],
  );
  const statement = fc.constantFrom(
    ...['SELECT 1', "SELECT ';'", 'BEGIN', 'SELECT a FROM t ORDER BY a', 'TABLE t', 'VALUES (1)', 'SHOW x'],
    ...[
      'INSERT INTO t SELECT 1 ORDER BY 1',
      'SELECT é',
      'SELECT $$;$$',
      'CREATE TABLE "é;" (a int)',
      'SELECT (1)',
    ],
  );
  const filler = fc.constantFrom('', ' ', '\n', ' -- é;\n', '/* ; \n */', ';', '\n\n');

  test('keeps every statement, with the line of its first word', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(filler, statement, filler)), (parts) => {
        let text = '';
        const expected = parts.map(([before, sql, after]) => {
          const line = `${text}${before}`.split('\n').length - 1;
          text += `${before}${sql}${after.startsWith(';') ? '' : '\n;'}${after}`;
          return { line, sql };
        });
        const found = parser.split(text).map(({ line, text: sql }) => ({ line, sql }));
        expect(found).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test('is split without the parser just as with it, or not at all', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(word, statement), { maxLength: 12 }), (parts) => {
        const text = parts.join(' ');
        const found = splitPlainSql(text);
        if (found === undefined) return;
        plain++;
        const whole = parser.split(text);
        const isValid = parser.findSyntaxError(text) === undefined;
        expect(found.map(({ text: sql, line }) => ({ sql, line }))).toEqual(
          whole.map(({ text: sql, line }) => ({ sql, line })),
        );
        if (isValid) expect(short(found)).toEqual(short(whole));
      }),
      { numRuns: 2000 },
    );
    expect(plain).toBeGreaterThan(200);
  });

  test('never fails with anything but a UserError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          try {
            parser.split(text);
            parser.findSyntaxError(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
