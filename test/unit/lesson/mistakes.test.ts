// Every mistake of an author outside of check and result fences: what is said, and of which line.
import { describe, expect, test } from 'vitest';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { LessonError } from '../../../runner/lesson/problem.ts';
import { blocksOf, fence, oneStep, parse, problemsOf } from './lesson-text.ts';

const block = fence('sql', 'SELECT 1');
const shell = fence('bash', 'true');
const exercise = fence('sql {exercise}', '…');
const solution = fence('sql {solution}', 'SELECT 1');

function mistakes(table: readonly (readonly [text: string, ...problems: string[]])[]): void {
  test.each(table.map(([text, ...problems]) => ({ text, problems, name: problems.join(' · ') })))(
    '$name',
    ({ text, problems }) => {
      expect(problemsOf(text)).toEqual(problems);
    },
  );
}

describe('the lesson', () => {
  mistakes([
    [
      '',
      '1: the lesson has no title; start it with a # heading',
      '1: the lesson has no step; a step starts with a ## heading',
    ],
    ['# T\n\nonly prose', '1: the lesson has no step; a step starts with a ## heading'],
    ['## S', '1: the lesson has no title; start it with a # heading'],
    ['\n#\n## S', '2: the lesson has no title; start it with a # heading'],
    ['# T\n# U\n## S', '2: a second # heading; the first is in line 1'],
    ['## S\n\n# T', '3: the # heading stands before the first step'],
    ['# T\n## A b\n\n## a B', '4: the step "a-b" stands twice; first in line 2'],
    ['# T\n## ?!', '2: the step has no name; a ## heading has letters or digits'],
  ]);
});

describe('front matter', () => {
  const matter = (...lines: string[]) => ['---', ...lines, '---', '# T', '## S'].join('\n');
  mistakes([
    [
      matter('titel: x'),
      '2: unknown key "titel"; did you mean "title"? known: title, minutes, init, workers, points',
    ],
    [matter('minutes: 5', 'x: 1'), '3: unknown key "x"; known: title, minutes, init, workers, points'],
    [matter('minutes: soon'), '2: "minutes" is a whole number from 1, found "soon"'],
    [matter('minutes: 0'), '2: "minutes" is a whole number from 1, found "0"'],
    [matter('workers: [2]'), '2: "workers" is a whole number from 1, or "exactly 2", found a list'],
    [matter('workers: exactly'), '2: "workers" is a whole number from 1, or "exactly 2", found "exactly"'],
    [matter('init: no'), '2: "init" is false, the path of an SQL file, or a list of such paths, found "no"'],
    [
      matter('init: /etc/a.sql'),
      '2: "init" is false, the path of an SQL file, or a list of such paths, found "/etc/a.sql"',
    ],
    [
      matter('init: [a.sql, 4]'),
      '2: "init" is false, the path of an SQL file, or a list of such paths, found a list',
    ],
    [matter('title:'), '2: "title" is the title of the lesson, found ""'],
    [matter('title: a', '', 'title: b'), '4: the key "title" stands twice; first in line 2'],
    [
      matter('title: a: b'),
      '2: bad YAML: bad indentation of a mapping entry; a value with a colon must be quoted',
    ],
    [matter('', 'title: [a'), '3: bad YAML: unexpected end of the stream within a flow collection'],
    [
      matter('just text'),
      '2: the front matter is keys and values, one a line; known: title, minutes, init, workers, points',
    ],
    ['---\ntitle: T\n# T\n## S', '1: the front matter has no closing line ---'],
  ]);
});

describe('fences', () => {
  mistakes([
    [oneStep('```sql', 'SELECT 1'), '5: the fence is not closed: sql'],
    [oneStep('```', 'x', '~~~'), '5: the fence is not closed'],
    [oneStep('````sql', 'SELECT 1', '```'), '5: the fence is not closed: sql'],
    [oneStep('- item', '  ```js', 'text'), '6: the fence is not closed: js'],
    [oneStep('```sql'), '5: the fence is not closed: sql'],
    [
      `# T\n${block}\n## S`,
      '2: "sql" before the first ## heading; nothing runs there, put it in a step or mark it {ignore}',
    ],
    [
      oneStep('- item', '', '  ```sql', '  SELECT 1', '  ```'),
      '7: "sql" in a list or quotation is not run; move it to the margin, or mark it {ignore}',
    ],
    [
      oneStep('> ```check', '> shards: 4', '> ```'),
      '5: "check" in a list or quotation is not run; move it to the margin, or mark it {ignore}',
    ],
    [oneStep(fence('sql', '  ')), '5: the block is empty'],
    [oneStep(fence('{sql}', 'SELECT 1')), '5: a fence starts with its language, as sql {sql}'],
    [
      oneStep(fence('solution', 'SELECT 1')),
      '5: unknown fence "solution"; write sql {solution} or bash {solution}',
    ],
    [
      oneStep(block, fence('results', 'a')),
      '8: unknown fence "results"; did you mean "result"? To show it only, write results {ignore}',
    ],
  ]);
});

describe('options', () => {
  const sql =
    'name, node, as, background, every, capture, other-data, timeout, retry, engine, stop, state, except, exercise, solution, wrong, ignore';
  const bash = 'name, exit, timeout, retry, engine, stop, state, except, exercise, solution, wrong, ignore';
  const mistake = (info: string, ...problems: string[]) =>
    [oneStep(fence(info, 'x')), ...problems.map((problem) => `5: ${problem}`)] as const;
  const time = 'a time with its unit, as 500ms, 5s or 2m, and at most 24 hours';
  mistakes([
    mistake('sql {tmeout=5s}', `unknown sql option "tmeout"; did you mean "timeout"? known: ${sql}`),
    mistake('sql {exit=1}', `unknown sql option "exit"; known: ${sql}`),
    mistake('bash {node=worker-1}', `unknown bash option "node"; known: ${bash}`),
    mistake('sql {name=a name=b}', 'the option "name" stands twice'),
    mistake('sql {name}', 'the option "name" is a name, as name=first, found no value'),
    mistake('sql {node=""}', 'the option "node" is a name, as node=worker-1, found ""'),
    mistake('sql {timeout=5}', `the option "timeout" is ${time}, found "5"`),
    mistake('sql {timeout=0s}', `the option "timeout" is ${time}, found "0s"`),
    mistake('sql {retry=25000m}', `the option "retry" is ${time}, found "25000m"`),
    mistake('sql {engine=mysql}', 'the option "engine" is "citus" or "built-in", found "mysql"'),
    mistake('bash {exit=256}', 'the option "exit" is a number from 0 to 255, found "256"'),
    mistake('sql {ignore=yes}', 'the option "ignore" takes no value, found "yes"'),
    mistake('sql {name=a', 'the options {name=a have no closing brace'),
    mistake('sql {name=a} x', 'found "x" after the options'),
    mistake('sql name=a', 'found "name=a" after the language; options stand in braces, as {name=first}'),
    mistake('sql {a"b}', 'found "a"b" in the options; they are flags and key=value, with blanks between'),
    [
      oneStep(fence('sql {exercise wrong}', 'x'), solution),
      '5: a fence is one of exercise, wrong, not several',
    ],
    [
      oneStep(exercise, fence('sql {solution timeout=5s}', 'x')),
      '8: the option "timeout" belongs on the exercise, not on its {solution}',
    ],
    [oneStep(block, fence('result {name=a}', 'a')), '8: unknown result option "name"; known: engine, ignore'],
    [
      oneStep(fence('sql {name=a}', '1'), fence('bash {name=a}', '1')),
      '8: the name "a" stands twice; first in line 5',
    ],
  ]);

  test('may be quoted, with blanks in the value', () => {
    expect(
      parse(oneStep(fence(`sql {name="two words" node='worker-1'}`, 'x'))).steps[0]!.parts[0],
    ).toMatchObject({
      name: 'two words',
      node: 'worker-1',
    });
  });
});

describe('background blocks', () => {
  const writer = fence('sql {background name=w}', 'INSERT INTO t (n) VALUES ($1)');
  mistakes([
    [
      oneStep(fence('sql {background}', 'x')),
      '5: a background block needs a name, as sql {background name=writer}',
    ],
    [
      oneStep(fence('bash {background}', 'x')),
      '5: unknown bash option "background"; known: name, exit, timeout, retry, engine, stop, state, except, exercise, solution, wrong, ignore',
    ],
    [oneStep(fence('sql {every=5ms}', 'x')), '5: the option "every" belongs to a {background} block'],
    [
      oneStep(fence('sql {background name=w every=5}', 'x')),
      '5: the option "every" is a time with its unit, as 500ms, 5s or 2m, and at most 24 hours, found "5"',
    ],
    [
      oneStep(fence('sql {background name=w as=a retry=5s}', 'x')),
      '5: the option "as" does not go with background',
      '5: the option "retry" does not go with background',
    ],
    [
      oneStep(fence('sql {exercise background name=w}', 'x'), solution),
      '5: a background block is no exercise',
    ],
    [oneStep(fence('sql {stop}', 'x')), '5: the option "stop" is a name, as stop=first, found no value'],
    [oneStep(fence('sql {stop=w}', 'x'), writer), '5: no background block "w" stands above in this step'],
    [
      `${oneStep(writer)}\n## Next\n${fence('bash {stop=w}', 'x')}`,
      '9: no background block "w" stands above in this step',
    ],
    [
      oneStep(writer, fence('result', 'a')),
      '8: the block in line 5 runs in the background and has no result',
    ],
    [oneStep(writer, fence('error', '42')), '8: the block in line 5 runs in the background and has no error'],
    [
      oneStep(writer, fence('check', 'lost: 0', 'returns: 1')),
      '10: the check "returns" belongs to an sql block, the block in line 5 runs in the background',
    ],
  ]);

  test('write every 20 ms unless they say otherwise, and are stopped by name', () => {
    const often = fence('sql {background name=often every=5ms node=worker-1}', 'INSERT');
    const blocks = blocksOf(
      oneStep(writer, often, fence('bash {stop=w}', 'x'), fence('sql {stop=often}', 'y')),
    );
    expect(blocks).toMatchObject([
      { name: 'w', everyMs: 20, node: 'coordinator' },
      { name: 'often', everyMs: 5, node: 'worker-1' },
      { kind: 'shell', stop: 'w' },
      { kind: 'sql', stop: 'often' },
    ]);
    expect(blocks[3]).not.toHaveProperty('everyMs');
  });
});

describe('expectations', () => {
  mistakes([
    [oneStep(fence('result', 'a')), '5: no block stands above this "result" in its step'],
    [
      `${oneStep(block)}\n## Next\n${fence('check', 'shards: 4')}`,
      '9: no block stands above this "check" in its step',
    ],
    [
      oneStep(block, fence('result', 'a'), fence('error', '42601')),
      '11: the block in line 5 has a result already; a block has a result or an error, not both',
    ],
    [
      oneStep(block, fence('error', '42601'), fence('result', 'a')),
      '11: the block in line 5 has an error already; a block has a result or an error, not both',
    ],
    [
      oneStep(block, fence('error', '42601'), fence('error', '42')),
      '11: the block in line 5 has an error already; the first error ends the block',
    ],
    [
      oneStep(shell, fence('result', 'a')),
      '8: a result belongs to an sql block, the block in line 5 is for the shell; use output',
    ],
    [
      oneStep(shell, fence('error', '42601')),
      '8: an error belongs to an sql block, the block in line 5 is for the shell; use {exit=1}',
    ],
    [
      oneStep(block, fence('output', 'a')),
      '8: an output belongs to a bash or sh block, the block in line 5 is sql; use result',
    ],
    [
      oneStep(shell, fence('output', 'a'), fence('output', 'a')),
      '11: the block in line 5 has an output already',
    ],
    [
      oneStep(shell, fence('check', 'shards: 4', 'value: 4', 'tasks: 1', 'columns: [a]', 'returns: 1')),
      ...['value', 'tasks', 'columns', 'returns'].map(
        (kind, i) =>
          `${10 + i}: the check "${kind}" belongs to an sql block, the block in line 5 is for the shell`,
      ),
    ],
    [
      oneStep(block, fence('error')),
      '8: the error is empty; it has an SQLSTATE, a part of the message, or both: "0A000: cannot". "lesson update" fills it',
    ],
    [
      oneStep(block, fence('error', 'ERROR:  no', '', 'DETAIL:  x')),
      '11: only the primary message is compared, in one line; found "DETAIL:  x"',
    ],
  ]);
});

describe('exercises', () => {
  mistakes([
    [oneStep(exercise), '5: the exercise has no solution; write one as sql {solution}'],
    [oneStep(fence('sh {exercise}')), '5: the exercise has no solution; write one as bash {solution}'],
    [oneStep(solution), '5: no exercise stands above this "solution" in its step'],
    [oneStep(block, fence('sql {wrong}', 'x')), '8: no exercise stands above this "wrong" in its step'],
    [
      `${oneStep(exercise, solution)}\n## B\n${fence('hint', 'x')}`,
      '12: no exercise stands above this "hint" in its step',
    ],
    [
      oneStep(exercise, solution, exercise),
      '11: a second exercise in the step; the first is in line 5, a step has one',
    ],
    [
      oneStep(exercise, fence('bash {solution}', 'true')),
      '8: the exercise in line 5 is sql, its solution shell',
    ],
    [oneStep(exercise, solution, fence('sql {wrong}', '')), '11: the "wrong" fence is empty'],
    [oneStep(exercise, solution, fence('hint', '')), '11: the "hint" fence is empty'],
    [
      oneStep(exercise, solution, fence('sql {other-data}', 'x')),
      '11: the block in line 5 has no result above its other data; they judge an answer by its result',
    ],
    [
      oneStep(fence('sql', 'SELECT 1'), fence('result', 'a'), fence('sql {other-data}', 'x')),
      '11: other data belong to an sql exercise, the block in line 5 is none',
    ],
  ]);
});

describe('the error', () => {
  test('has all problems in the order of the file, and one line for each', () => {
    const text = oneStep(fence('sql {x}', '1'), fence('check', 'shard: 4', 'placement: odd'));
    try {
      parseLesson('lessons/03-distribution.md', text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof LessonError)) throw error;
      expect(error.code).toBe('lesson');
      expect(error.problems.map(({ place }) => place.line)).toEqual([5, 9, 10]);
      expect(error.message.split('\n').map((line) => line.slice(0, 60))).toEqual([
        'lessons/03-distribution.md:5: unknown sql option "x"; known:',
        'lessons/03-distribution.md:9: unknown check "shard"; did you',
        'lessons/03-distribution.md:10: the check "placement" wants e',
      ]);
    }
  });
});
