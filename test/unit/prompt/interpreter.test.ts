import { expect, test } from 'vitest';
import { UserError } from '../../../runner/errors.ts';
import type { After, PromptClient, Screen } from '../../../runner/prompt/client.ts';
import { openInterpreter } from '../../../runner/prompt/interpreter.ts';

function open() {
  const said: string[] = [];
  const stop = new AbortController();
  const screen: Screen = {
    width: 80,
    lend: (use) => use(),
    print: async (text) => void said.push(text),
    complain: (text) => said.push(text),
  };
  const client: PromptClient = {
    name: () => 'coordinator',
    async run(sql): Promise<After> {
      said.push(`run ${sql}`);
      if (sql.startsWith('CANCEL')) stop.abort();
      if (sql.startsWith('THROW')) throw new UserError('no server', { code: 'cluster', hint: 'Start it.' });
      return sql.startsWith('FAIL') ? 'failed' : 'stay';
    },
    commands: {
      hint: {
        help: 'a hint',
        async run(argument) {
          said.push(`hint ${argument}`);
          return 'stay';
        },
      },
    },
    words: { hint: 'hint' },
    history: [],
  };
  const leave = { q: { help: 'leave', run: async (): Promise<After> => 'leave' } };
  const interpreter = openInterpreter(client, screen, () => leave);
  return { interpreter, said, read: (text: string) => interpreter.readLine(text, stop.signal), stop };
}

test('statements and commands run in their order, also after one that failed', async () => {
  const { interpreter, said, read } = open();
  expect(await read('SELECT 1; FAIL; \\hint a')).toBe('stay');
  expect(said).toEqual(['run SELECT 1;', 'run FAIL;', 'hint a']);
  expect(interpreter.failed).toBe(true);
});

test.each(['quit', 'exit', ' QUIT ; ', '\\q', '\\q;'])(
  '%s leaves, and what stands behind it does not run',
  async (word) => {
    const { said, read } = open();
    expect(await read(`${word}\nSELECT 1;`)).toBe('leave');
    expect(said).toEqual([]);
  },
);

test('a word is a command only where a statement begins', async () => {
  const { interpreter, said, read } = open();
  await read('hint');
  await read('SELECT');
  expect(await read('hint')).toBe('stay');
  expect(await read('quit')).toBe('stay');
  expect(said).toEqual(['hint ', 'Use "\\q" to leave, or Ctrl-C to discard the statement.']);
  expect(interpreter.mark).toBe('-');
  await read(';');
  expect(said.at(-1)).toBe('run SELECT\nhint\nquit\n;');
});

test('an unknown command is answered with the nearest one', async () => {
  const { interpreter, said, read } = open();
  expect(await read('\\hnit')).toBe('stay');
  expect(said).toEqual(['unknown command "\\hnit". Did you mean "\\hint"? "\\?" shows all commands.']);
  expect(interpreter.failed).toBe(true);
});

test('Ctrl-C ends what stands behind the statement, too', async () => {
  const { said, read } = open();
  await read('CANCEL; SELECT 2;\nSELECT 3;');
  expect(said).toEqual(['run CANCEL;']);
});

test('what a user can fix is said, and the prompt stays', async () => {
  const { said, read } = open();
  expect(await read('THROW;')).toBe('stay');
  expect(said.at(-1)).toBe('no server\nStart it.');
});

test('a script ends without a semicolon, and leaves alone what was typed before', async () => {
  const { interpreter, said, read, stop } = open();
  await read('SELECT 1,');
  await interpreter.runScript('SELECT 2;\nSELECT 3', stop.signal);
  await read('4;');
  expect(said).toEqual(['run SELECT 2;', 'run SELECT 3', 'run SELECT 1,\n4;']);
  expect(interpreter.statement).toBe('SELECT 1,\n4;');
});
