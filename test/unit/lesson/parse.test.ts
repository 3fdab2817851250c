import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { LessonError } from '../../../runner/lesson/problem.ts';
import { blocksOf, fence, file, oneStep, parse, problemsOf } from './lesson-text.ts';

const text = `---
title: Where the rows went
minutes: 10
init: false
workers: 3
---
# Another heading

Prose before.

## Count the \`shards\`!

Look:

\`\`\`sql {name=count timeout=5s}
SELECT 1;
\`\`\`
\`\`\`result
 n
---
 1
\`\`\`

### More

The end.
## Run it
\`\`\`bash
echo hi
\`\`\`
`;

describe('a lesson', () => {
  const lesson = parse(text);

  test('has the id of its file and the keys of its front matter', () => {
    const { id, title, minutes, init, workers, place } = lesson;
    expect({ id, title, minutes, init, workers, place }).toEqual({
      id: '03-distribution',
      title: 'Where the rows went',
      minutes: 10,
      init: [],
      workers: { count: 3, exactly: false },
      place: { file, line: 1 },
    });
  });

  test('has what stands before the first step as its introduction, without the heading', () => {
    expect(lesson.intro).toBe('Prose before.');
  });

  test('has a step for each second heading, named as a code host names its anchor', () => {
    expect(lesson.steps.map(({ id, title, place }) => [id, title, place])).toEqual([
      ['count-the-shards', 'Count the shards!', { file, line: 11 }],
      ['run-it', 'Run it', { file, line: 27 }],
    ]);
  });

  test('keeps prose and blocks in their order, with their lines; an expectation goes to its block', () => {
    const result = {
      kind: 'result',
      place: { file, line: 18 },
      columns: ['n'],
      rows: [{ cells: ['1'], place: { file, line: 21 } }],
      open: false,
    };
    const sql = {
      id: 'count-the-shards/count',
      kind: 'sql',
      place: { file, line: 15 },
      name: 'count',
      node: 'coordinator',
      text: 'SELECT 1;',
      timeoutMs: 5000,
      expectations: [result],
    };
    expect(lesson.steps[0]!.parts).toEqual([
      { kind: 'prose', markdown: 'Look:', place: { file, line: 13 } },
      sql,
      { kind: 'prose', markdown: '### More\n\nThe end.', place: { file, line: 24 } },
    ]);
  });

  test('is the same with CRLF, with a byte order mark, and with tildes for backticks', () => {
    expect(parse(text.replaceAll('\n', '\r\n'))).toEqual(lesson);
    expect(parse(`\uFEFF${text}`)).toEqual(lesson);
    expect(parse(text.replaceAll('```', '~~~'))).toEqual(lesson);
  });

  test('takes its title from the first heading, without markup, where the front matter has none', () => {
    expect(parse('# A *fine* [`lesson`](x.md)\n## S\n').title).toBe('A fine lesson');
    expect(parse('---\nminutes: 5\n---\n\n# T\n## S\n')).toMatchObject({
      title: 'T',
      minutes: 5,
      init: [{ name: 'init.sql', place: { file, line: 1 } }],
    });
    expect(parse('---\n---\nT\n=\n\nS\n-\n')).toMatchObject({ title: 'T', steps: [{ id: 's' }] });
  });

  test('has the SQL files that it starts with, each with its line', () => {
    const initOf = (...lines: readonly string[]) =>
      parse(['---', ...lines, '---', '# T', '## S', ''].join('\n')).init.map(({ name, place }) => [
        name,
        place.line,
      ]);
    expect(initOf('init: setup/shop.sql')).toEqual([['setup/shop.sql', 2]]);
    expect(initOf('init:', '  - init.sql', '  - ../shop.sql')).toEqual([
      ['init.sql', 3],
      ['../shop.sql', 4],
    ]);
  });

  test('has its id from the last part of the name, on Windows too', () => {
    expect(parse(text).id).toBe('03-distribution');
    expect(parseLesson('C:\\course\\01-a.md', text).id).toBe('01-a');
    expect(parseLesson('01-a.md', text).id).toBe('01-a');
  });
});

describe('a block', () => {
  test('of SQL has its node, session, deadline, retry and engine', () => {
    const options = 'name=n node=worker-1 as=second timeout=500ms retry=2m engine=citus';
    expect(blocksOf(oneStep(fence(`sql {${options}}`, 'SELECT 1')))[0]).toMatchObject({
      kind: 'sql',
      name: 'n',
      node: 'worker-1',
      session: 'second',
      timeoutMs: 500,
      retryMs: 120_000,
      engine: 'citus',
    });
  });

  test('has 30 seconds where it says nothing', () => {
    expect(blocksOf(oneStep(fence('sql', 'SELECT 1')))[0]).toMatchObject({ timeoutMs: 30_000 });
  });

  test.each(['bash', 'sh', 'BASH'])(
    'of %s is for the shell, and exits with 0 or what it says',
    (language) => {
      expect(
        blocksOf(oneStep(fence(language, 'true'), fence(`${language} {exit=3}`, 'false'))),
      ).toMatchObject([
        { kind: 'shell', exit: 0 },
        { kind: 'shell', exit: 3 },
      ]);
    },
  );

  test('keeps its text as it stands, without the indentation of its fence', () => {
    const [block] = blocksOf(oneStep('  ```sql', '  SELECT', '    1;', '', '  ```'));
    expect(block!.text).toBe('SELECT\n  1;\n');
  });

  test('has the expectations of all fences below it, up to the next block', () => {
    const [first, second] = blocksOf(
      oneStep(
        fence('sql', 'SELECT 1'),
        'prose',
        fence('result', 'a'),
        fence('check', 'shards: 4'),
        fence('result', 'b'),
        fence('sql', 'SELEC 2'),
        fence('error', '42601'),
      ),
    );
    expect(first!.expectations.map(({ kind }) => kind)).toEqual(['result', 'checks', 'result']);
    expect(second!.expectations.map(({ kind }) => kind)).toEqual(['error']);
  });
});

describe('the id of a block', () => {
  const ids = (text: string) => blocksOf(text).map(({ id }) => id);
  const [one, two, named] = [
    fence('sql', 'SELECT 1'),
    fence('sql', 'SELECT 2'),
    fence('sql {name=look}', 'SELECT 3'),
  ] as const;

  test('is its step, with its name or its number there', () => {
    expect(ids(oneStep(one, named, two))).toEqual(['step/1', 'step/look', 'step/3']);
  });

  test("cannot be another block's number", () => {
    expect(problemsOf(oneStep(fence('sql {name=2}', 'SELECT 1'), two))).toEqual([
      expect.stringContaining('the name "2" is a number'),
    ]);
  });

  test('stays the same where prose or another step comes before it', () => {
    const more = ['# Title', '## New', one, '## Step', 'New prose.', one, named, two].join('\n\n');
    expect(ids(more).slice(1)).toEqual(ids(oneStep(one, named, two)));
  });
});

describe('what a step needs', () => {
  const needs = (...parts: readonly string[]) => parse(oneStep(...parts)).steps[0]!.needs;

  test('is read from what it runs, solutions included', () => {
    expect(needs(fence('bash', 'lesson node kill worker-1'))).toEqual(['own servers']);
    expect(needs(fence('bash', 'lesson node list'))).toEqual([]);
    const exercise = [fence('sql {exercise}', ''), fence('sql {solution}', `SELECT 'worker-1', 5432`)];
    expect(needs(...exercise)).toEqual(['port 5432']);
    expect(needs(fence('sql {node=worker-1}', 'SELECT 1'))).toEqual(['sessions on workers']);
    expect(needs('lesson node kill worker-1, at port 5432', fence('sql', 'SELECT 1'))).toEqual([]);
  });
});

describe('an output', () => {
  test.each([
    [
      ['a ', '', '...'],
      ['a ', '', '...'],
    ],
    [[], []],
  ])('of %j has its lines', (text, lines) => {
    const [block] = blocksOf(oneStep(fence('sh', 'true'), fence('output', ...text)));
    expect(block!.expectations).toEqual([{ kind: 'output', place: { file, line: 8 }, lines }]);
  });
});

describe('an exercise', () => {
  const [block, other] = blocksOf(
    oneStep(
      fence('sql {exercise name=try}', 'SELECT …'),
      fence('hint', ' One.'),
      fence('sql {solution}', 'SELECT 1'),
      fence('result', 'a'),
      fence('sql {wrong}', 'SELECT 2'),
      fence('sql {wrong}', 'SELECT 3'),
      fence('sql', 'SELECT 4'),
      fence('hint', 'Two.'),
      fence('check', 'shards: 4'),
    ),
  );

  test('has its hints, solutions and wrong answers, wherever they stand below it in the step', () => {
    expect(block!.exercise).toEqual({
      hints: [
        { markdown: 'One.', place: { file, line: 8 } },
        { markdown: 'Two.', place: { file, line: 26 } },
      ],
      solutions: [{ text: 'SELECT 1', place: { file, line: 11 } }],
      wrongAnswers: [
        { text: 'SELECT 2', place: { file, line: 17 } },
        { text: 'SELECT 3', place: { file, line: 20 } },
      ],
    });
  });

  test('has the expectations below its answers, up to the next block', () => {
    expect(block!.expectations.map(({ kind }) => kind)).toEqual(['result']);
    expect(other!.expectations.map(({ kind }) => kind)).toEqual(['checks']);
  });

  test('is not shown its answers and hints', () => {
    const text = oneStep(fence('sql {exercise}'), fence('hint', 'h'), fence('sql {solution}', 'SELECT 1'));
    expect(parse(text).steps[0]!.parts).toHaveLength(1);
  });

  test('may start from nothing', () => {
    expect(problemsOf(oneStep(fence('bash {exercise}'), fence('sh {solution}', 'true')))).toEqual([]);
  });
});

describe('what is shown, not run', () => {
  test.each([
    ['another language', fence('python', 'print()')],
    ['no language', fence('', 'text')],
    ['a fence to ignore', fence('sql {ignore}', 'DROP TABLE t')],
    ['a fence to ignore that has options', fence('sql {name=later ignore}', 'DROP TABLE t')],
    ['an unknown language to ignore', fence('results {ignore}', '')],
    ['options of another renderer', fence('js {1,3} title="a"', '1')],
    ['an indented block', '    ```sql\n    SELECT 1\n    ```'],
    ['an HTML comment', '<!--\n```sql\nSELECT 1\n```\n-->'],
    ['a fence in a longer fence', '````markdown\n```sql\nSELECT 1\n```\n````'],
    ['a fence in a list', '- item\n  ```js\n  1\n  ```'],
    ['a heading in a quotation', '> ## Not a step'],
    ['a heading in a fence', fence('', '## Not a step')],
  ])('is %s', (_, markdown) => {
    expect(parse(oneStep(markdown)).steps).toMatchObject([
      { parts: [{ kind: 'prose', markdown, place: { file, line: 5 } }] },
    ]);
  });

  test('is all of it before the first step', () => {
    const intro = `Before.\n\n${fence('js', '1')}`;
    expect(parse(`${intro}\n# T\nAfter.\n## S`).intro).toBe(`${intro}\n\nAfter.`);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...['# T', '## S', '## Ü', '---', '===', '```', '```sql', '```sql {exercise}', '```sql {solution}'],
    ...[
      '```result',
      '```check',
      '```error',
      '```hint',
      '~~~',
      '- ',
      '> ',
      '  ',
      '    ',
      'shards: 4',
      ' a | b',
    ],
    ...[
      '---+---',
      ' 1 | 2',
      '(1 row)',
      '...',
      'title: x',
      '<!--',
      '-->',
      '{',
      'é',
      '\t',
      '[a]: b',
      '*x*',
      '\\|',
    ],
  );
  const line = fc.array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary' })), {
    maxLength: 3,
  });
  const anyText = fc
    .array(
      line.map((parts) => parts.join('')),
      { maxLength: 30 },
    )
    .map((lines) => lines.join('\n'));

  test('is a lesson, or a LessonError with places in the text', () => {
    fc.assert(
      fc.property(anyText, (source) => {
        try {
          parse(source);
        } catch (error) {
          expect(error).toBeInstanceOf(LessonError);
          const lines = source.split(/\r\n?|\n/).length;
          for (const { place } of (error as LessonError).problems) {
            expect(place.line).toBeGreaterThanOrEqual(1);
            expect(place.line).toBeLessThanOrEqual(lines);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('gives the lines where its blocks stand', () => {
    const part = fc.constantFrom(
      'prose',
      '',
      '> quoted',
      '- item',
      fence('js', 'x'),
      fence('sql', 'SELECT 1', '-- x'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const source = oneStep(...parts.flatMap((text) => [text, '']));
        const found = blocksOf(source).map(({ place }) => place.line);
        const lines = source.split('\n');
        expect(found).toEqual(lines.flatMap((text, i) => (text === '```sql' ? [i + 1] : [])));
      }),
    );
  });
});

describe('the state after a block', () => {
  const step = (...blocks: readonly string[]) =>
    parseLesson('01-a.md', ['# A\n\n## S\n', ...blocks].join('\n\n'));
  const stateOf = (info: string) => {
    const [block] = step(`\`\`\`sql ${info}\nSELECT 1;\n\`\`\``, '```sql {solution}\nSELECT 2;\n```')
      .steps[0]!.parts;
    return block?.kind === 'sql' ? block.state : undefined;
  };

  test('is compared where the block says so, and at every exercise', () => {
    expect(stateOf('{exercise}')).toEqual({ except: [] });
    expect(stateOf('{exercise except="t.a placements"}')).toEqual({ except: ['t.a', 'placements'] });
    const [flagged, plain] = step('```sql {state except=t}\nSELECT 1;\n```', '```sql\nSELECT 1;\n```')
      .steps[0]!.parts;
    expect(flagged).toMatchObject({ state: { except: ['t'] } });
    expect(plain).not.toHaveProperty('state');
  });

  test.each([
    ['{exercise state}', 'an exercise needs no "state"'],
    ['{except=t}', 'the option "except" belongs to an exercise or a {state} block'],
    ['{state except}', 'the option "except" is what may differ'],
    ['{state background name=w}', 'the option "state" does not go with background'],
  ])('refuses %s', (info, message) => {
    expect(() => stateOf(info)).toThrow(message);
  });
});
