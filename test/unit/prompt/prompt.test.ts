import { describe, expect, test } from 'vitest';
import type { After, PromptClient } from '../../../runner/prompt/client.ts';
import { openPrompt } from '../../../runner/prompt/prompt.ts';
import { fakeTerminal } from './fake-terminal.ts';

const [ctrlC, ctrlD, up, tab, enter] = ['\x03', '\x04', '\x1b[A', '\t', '\r'];
/** Ctrl-P; Node 24 moves within a statement of several lines with Up. */
const previous = '\x10';
const [pasteStart, pasteEnd] = ['\x1b[200~', '\x1b[201~'];

function open(more: Partial<PromptClient> = {}) {
  const terminal = fakeTerminal({ NO_COLOR: '1' });
  const ran: string[] = [];
  const remembered: string[] = [];
  const client: PromptClient = {
    name: () => 'n',
    async run(sql, { signal, screen }): Promise<After> {
      ran.push(sql);
      if (sql.startsWith('SLEEP')) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        screen.complain('canceled');
        return 'failed';
      }
      await screen.print(`<${sql}>`);
      return 'stay';
    },
    commands: {},
    complete: async () => ({ word: 'sen', candidates: ['sensor_data'] }),
    history: ['OLD;'],
    remember: (entry) => remembered.push(entry),
    ...more,
  };
  return { ...terminal, ran, remembered, end: openPrompt(client, terminal.invocation) };
}

test('statements are asked for until Ctrl-D, with the mark of what is open', async () => {
  const { type, printed, ran, end, isRaw } = open();
  await printed('n=> ');
  type(`SELECT 'a${enter}`);
  await printed("n'> ");
  type(`b' ${enter}`);
  await printed('n-> ');
  type(`;${enter}`);
  await printed("<SELECT 'a\nb' \n;>");
  await printed('n=> ');
  expect(isRaw()).toBe(true);
  type(ctrlD);
  expect(await end).toEqual({ how: 'ended', failed: false });
  expect(ran).toEqual(["SELECT 'a\nb' \n;"]);
  expect(isRaw()).toBe(false);
});

describe('Ctrl-C', () => {
  test('discards all that was typed, and never leaves', async () => {
    const { type, printed, ran, end } = open();
    type(`SELECT 1,${enter}`);
    await printed('n-> ');
    type(`2, ${ctrlC}`);
    await printed('^C\n');
    await printed('n=> ');
    type(ctrlC + ctrlC);
    await printed('^C\n');
    type(`\\q${enter}`);
    expect(await end).toEqual({ how: 'left', failed: false });
    expect(ran).toEqual([]);
  });

  test('cancels the statement that runs, with all that was typed ahead', async () => {
    const { type, printed, ran, end } = open();
    await printed('n=> ');
    type(`SLEEP;${enter}SELECT 1;${enter}`);
    await printed('SLEEP;');
    await expect.poll(() => ran).toEqual(['SLEEP;']);
    type(ctrlC);
    await printed('canceled');
    await printed('n=> ');
    type(`SELECT 2;${enter}${ctrlD}`);
    expect(await end).toEqual({ how: 'ended', failed: true });
    expect(ran).toEqual(['SLEEP;', 'SELECT 2;']);
  });
});

test('what is typed while a statement runs waits for the next prompt', async () => {
  let finish = () => {};
  const ran: string[] = [];
  const { type, printed, end, output } = open({
    async run(sql) {
      ran.push(sql);
      if (ran.length === 1) await new Promise<void>((resolve) => (finish = resolve));
      return 'stay';
    },
  });
  await printed('n=> ');
  type(`SELECT 1;${enter}`);
  await expect.poll(() => ran).toHaveLength(1);
  type(`SELECT 2;${enter}${ctrlD}`);
  await new Promise(setImmediate);
  expect(output()).not.toContain('SELECT 2;');
  finish();
  await end;
  expect(ran).toEqual(['SELECT 1;', 'SELECT 2;']);
});

describe('the history', () => {
  test('has a statement of several lines as one entry', async () => {
    const { type, printed, ran, end, remembered } = open();
    type(`SELECT${enter}1;${enter}`);
    await printed('<SELECT\n1;>');
    await printed('n=> ');
    type(`${up}${enter}`);
    await printed('<SELECT\n1;>');
    await printed('n=> ');
    type(`${previous}${previous}${enter}`);
    await printed('<OLD;>');
    type(ctrlD);
    await end;
    expect(ran).toEqual(['SELECT\n1;', 'SELECT\n1;', 'OLD;']);
    expect(remembered).toEqual(['SELECT\n1;', 'OLD;']); // not twice what is the same
  });

  test('has nothing of what Ctrl-C discarded', async () => {
    const { type, printed, remembered, end } = open();
    type(`SELECT 1,${enter}`);
    await printed('n-> ');
    type(ctrlC);
    await printed('n=> ');
    type(`quit${enter}`);
    await end;
    expect(remembered).toEqual(['quit']);
  });
});

test.each([
  ['without marks', '', ''],
  ['with marks', pasteStart, pasteEnd],
])('a paste runs line by line, its tabs included: %s', async (_name, start, stop) => {
  const { type, printed, ran, end } = open();
  await printed('n=> ');
  type(`${start}SELECT\t1;\nSELECT\r\n\t2;\rSELECT 3${stop}`);
  await printed('<SELECT\n\t2;>');
  await printed('SELECT 3');
  type(`;${enter}${ctrlD}`);
  await end;
  expect(ran).toEqual(['SELECT\t1;', 'SELECT\n\t2;', 'SELECT 3;']);
});

test('a paste that is cut at a tab completes nothing', async () => {
  const { type, printed, ran, end } = open();
  await printed('n=> ');
  type(`${pasteStart}SELECT sen\t`);
  await new Promise(setImmediate);
  type(`x;\n${pasteEnd}`);
  await printed('<SELECT sen\tx;>');
  type(ctrlD);
  await end;
  expect(ran).toEqual(['SELECT sen\tx;']);
});

test('Tab completes names and commands', async () => {
  const { type, printed, ran, end } = open();
  await printed('n=> ');
  type('TABLE sen');
  await printed('TABLE sen');
  type(tab);
  await printed('sor_data ');
  type(`;${enter}`);
  await printed('<TABLE sensor_data ;>');
  await printed('n=> ');
  type('\\');
  await printed('\\');
  type(tab);
  type(tab);
  await printed('q');
  type(`q${enter}`);
  expect((await end).how).toBe('left');
  expect(ran).toEqual(['TABLE sensor_data ;']);
});

test('Ctrl-C ends a line whose completion does not come', async () => {
  const complete = () => new Promise<never>(() => {});
  const { type, printed, ran, end } = open({ complete });
  await printed('n=> ');
  type(`TABLE sen`);
  await printed('TABLE sen');
  type(tab);
  type(ctrlC);
  await printed('^C');
  await printed('n=> ');
  type(`SELECT 1;${enter}${ctrlD}`);
  await end;
  expect(ran).toEqual(['SELECT 1;']);
});

test('text may stand in the first line, of several lines too', async () => {
  const { type, printed, ran, end, remembered } = open({ typed: 'SELECT\n  1;' });
  await printed('1;');
  type(` SELECT 2;${enter}${ctrlD}`);
  await end;
  expect(ran).toEqual(['SELECT\n  1;', 'SELECT 2;']);
  expect(remembered).toEqual(['SELECT\n  1; SELECT 2;']);
});

test('a signal ends the statement and the prompt', async () => {
  const { type, printed, interrupt, ran, end } = open();
  await printed('n=> ');
  type(`SLEEP;${enter}`);
  await expect.poll(() => ran).toHaveLength(1);
  interrupt();
  expect(await end).toEqual({ how: 'ended', failed: true });
});

test('help shows the commands of the prompt and of its client', async () => {
  const hint = { argument: '[N]', help: 'a hint', run: async (): Promise<After> => 'stay' };
  const { type, printed, end } = open({ commands: { hint } });
  type(`help${enter}`);
  await printed('  \\hint [N]  a hint');
  await printed('  \\q         leave');
  type(ctrlD);
  await end;
});
