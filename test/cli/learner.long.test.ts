// A learner in a real terminal: keys, answers right and wrong, leaving and coming back.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox, type Sandbox } from '../support/binary.ts';
import { learnerLesson, rightAnswer, wrongAnswer } from '../support/learner-lesson.ts';
import { openTestTerminal, type TestTerminal, tmuxVersion } from '../support/terminal.ts';

const prompt = /exercise=>$/;

describe.skipIf(tmuxVersion === undefined)('a learner at a terminal', () => {
  let sandbox: Sandbox;
  let terminal: TestTerminal;

  beforeAll(async () => {
    sandbox = await openSandbox();
    await sandbox.writeLessons({ '01-learn': learnerLesson });
    await sandbox.run('up');
  });
  afterAll(() => sandbox.remove());
  beforeEach(() => rm(path.join(sandbox.dir, '.lesson'), { recursive: true, force: true }));
  afterEach(() => terminal.close());

  const open = async (...args: readonly string[]) => {
    terminal = await openTestTerminal(sandbox, ['run', '01-learn', '--trust', ...args]);
  };
  const enter = async (text: string) => {
    await terminal.type(text);
    await terminal.press('Enter');
  };
  const atExercise = async () => {
    await open();
    await terminal.shows('CREATE TABLE t');
    await terminal.shows('Enter run');
    await terminal.press('Enter');
    await terminal.shows(prompt);
  };
  const finish = async () => {
    await terminal.shows('By which column?');
    await terminal.press('1');
    await terminal.shows('[exit 0]');
  };
  /** Times differ from run to run, and so does the name of the folder. */
  const screen = async () => (await terminal.screen()).replaceAll(/\d+(\.\d+)? m?s\b/g, 'N ms');
  const mark = async () => (await sandbox.run('list')).stdout.split('\n')[0];

  test('after a wrong answer, the right one passes where the exercise is restored', async () => {
    await atExercise();
    await enter(wrongAnswer);
    await terminal.shows('t should be distributed by a.');
    await enter('\\restore');
    await terminal.shows('state in which this block starts');
    await enter(rightAnswer);
    await finish();
    expect(await mark()).toBe('✓ 01-learn  Learn');
    const answer = path.join(sandbox.dir, '.lesson/answers/01-learn/your-turn.sql');
    expect(await readFile(answer, 'utf8')).toBe(`${rightAnswer}\n`);
  });

  test('an answer of many lines, with a blank one and a comment, can be pasted', async () => {
    await atExercise();
    await terminal.paste(`SELECT create_distributed_table(\n\n  't', -- the table\n  'a');\n`);
    await finish();
  });

  test('leaving at the exercise, and coming back to it', async () => {
    await atExercise();
    await enter('\\q');
    await terminal.shows('[exit 0]');
    expect(await mark()).toBe('▸ 01-learn  Learn  at step 2 of 3');
    await terminal.close();
    await open();
    await terminal.shows(prompt);
    await enter(rightAnswer);
    await finish();
    expect(await mark()).toBe('✓ 01-learn  Learn');
  });

  test('killed in the middle of a statement, the lesson comes back to its exercise', async () => {
    await atExercise();
    await enter('DROP TABLE t; SELECT pg_sleep(100);');
    await terminal.shows('DROP TABLE  ');
    await terminal.killProgram();
    await terminal.shows('[exit 137]');
    await terminal.close();
    await open();
    await terminal.shows(prompt);
    await enter(rightAnswer);
    await finish();
  });

  test('Ctrl-C discards a line, and cancels a statement', async () => {
    await atExercise();
    await terminal.type('SELECT no');
    await terminal.press('C-c');
    await enter('SELECT pg_sleep(100);');
    await terminal.shows('pg_sleep(100);');
    await terminal.press('C-c');
    await terminal.shows(/interrupted|cancel/i);
    await enter(rightAnswer);
    await finish();
  });

  test('an answer that is saved as a file is tried', async () => {
    await atExercise();
    const dir = path.join(sandbox.dir, '.lesson/answers/01-learn');
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, 'your-turn.sql'), `-- mine\n${rightAnswer}\n`);
    await finish();
  });

  test('a skipped exercise is not passed, and what follows works', async () => {
    await atExercise();
    await enter('skip');
    await terminal.shows('[y/N]');
    await terminal.press('?');
    await terminal.shows(/y: yes · n or Enter: no[\s\S]*\[y\/N\]/);
    await terminal.press('y');
    await finish();
    expect(await mark()).toBe('- 01-learn  Learn  with exercises left');
  });

  test('who sees the solution first is told so', async () => {
    await atExercise();
    await enter('\\solution');
    await terminal.shows('[y/N]');
    await terminal.press('y');
    await terminal.shows("create_distributed_table('t', 'a')");
    await enter(rightAnswer);
    await finish();
    expect(await mark()).toBe('~ 01-learn  Learn  solved after seeing a solution');
  });

  test('a statement at the keys opens a prompt of its own, whose changes are undone', async () => {
    await open();
    await terminal.shows('Enter run');
    await terminal.type('s');
    await terminal.shows('[y/N]');
    await terminal.type('e');
    await terminal.shows('try coordinator=> se');
    await enter('lect 42 AS answer;');
    await terminal.shows('answer');
    await enter('CREATE TABLE t (other int);');
    await terminal.shows('CREATE TABLE');
    await enter('\\q');
    await terminal.shows('state in which this block starts');
    await terminal.press('Enter');
    await terminal.shows(prompt);
  });

  test('back, again and the steps lead to the state of their block', async () => {
    await atExercise();
    await enter('back');
    await terminal.shows(/exercise=> back[\s\S]*CREATE TABLE t[\s\S]*Enter run/);
    await terminal.press('Enter');
    await terminal.shows(/exercise=> back[\s\S]*exercise=>$/);
    await enter('steps');
    await terminal.shows('Go to step');
    await enter('?');
    await terminal.shows(/Type the number of a step[\s\S]*Go to step/);
    await enter('3');
    await terminal.shows('By which column?');
    await terminal.press('q');
    await terminal.shows('[exit 0]');
  });

  test('a lesson begins at a step', async () => {
    await open('--step', 'look');
    await terminal.shows('By which column?');
    expect(await terminal.all()).not.toContain('Here is a table');
  });

  test('what is shown has room in the terminal, whatever its size becomes', async () => {
    await atExercise();
    await enter('SELECT * FROM citus_shards LIMIT 1;');
    await terminal.shows('-[ RECORD 1 ]');
    await terminal.resize(200, 50);
    await enter('SELECT * FROM citus_shards LIMIT 1;');
    await terminal.shows(/ table_name +\| +shardid/);
    await terminal.resize(60, 20);
    await terminal.clear();
    await enter('\\map');
    await terminal.shows('worker-2');
    const lines = (await terminal.screen()).split('\n');
    expect(lines.filter((line) => line.includes('─╮'))).not.toEqual([]);
    for (const line of lines) if (line.includes('╮')) expect(line).toMatch(/╮$/);
  });

  test('the screen at a block, and at an exercise', async () => {
    await open();
    await terminal.shows('Enter run');
    expect(await screen()).toMatchInlineSnapshot(`
      "Learn  01-learn
      Cluster "default" (local): a coordinator and 2 workers, the built-in engine (not
      Citus) on PostgreSQL 18.4.

      ── 1/3 Make a table ──────────────────────────────────────────────────────────

      Here is a table.

      │ CREATE TABLE t (a int, b int);

      ▸ Enter run  r rest  e edit  b back  s skip  m map  p psql  l steps  q quit  ?"
    `);
    await terminal.press('Enter');
    await terminal.shows(prompt);
    expect(await screen()).toMatchInlineSnapshot(`
      "── 1/3 Make a table ──────────────────────────────────────────────────────────

      Here is a table.

      │ CREATE TABLE t (a int, b int);

      Clean cluster in N ms.

      CREATE TABLE  N ms

      ── 2/3 Your turn ─────────────────────────────────────────────────────────────

      Distribute t by a.

      exercise, as you are given it
      │ -- Distribute t.

      Your turn. Type SQL: it runs at once, and the checks are looked at after each
      statement. You can also save your answer as
      .lesson/answers/01-learn/your-turn.sql.

      \\hint  \\solution  \\restore  \\e  \\skip  \\back  \\steps  \\map  \\t  \\?  \\q

      exercise=>"
    `);
  });

  test('the exercises alone are done; no check touches that, and a reset forgets it', async () => {
    await open('--exercises');
    await terminal.shows(prompt);
    expect(await terminal.all()).not.toContain('CREATE TABLE t');
    await enter(rightAnswer);
    await terminal.shows('[exit 0]');
    expect(await mark()).toBe('✓ 01-learn  Learn');
    expect(await sandbox.run('check', '01-learn')).toMatchObject({ exitCode: 0 });
    expect(await mark()).toBe('✓ 01-learn  Learn');
    await sandbox.run('reset', '01-learn');
    expect(await mark()).toBe('  01-learn  Learn');
  });

  test('unattended nothing is solved', async () => {
    await open('--yes');
    await terminal.shows('[exit 0]');
    expect(await mark()).toBe('  01-learn  Learn  ran unattended');
  });
});
