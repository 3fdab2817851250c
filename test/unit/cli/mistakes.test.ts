import { describe, expect, test } from 'vitest';
import { findCommand } from '../../../runner/cli/command.ts';
import { commandsFor } from '../../../runner/cli/commands.ts';
import { checkArguments, unknownCommand, unknownVerb } from '../../../runner/cli/mistakes.ts';

const commands = commandsFor({});

describe('an unknown command', () => {
  test.each([
    [['rnu'], 'unknown command "rnu"; did you mean "run"? known: list, run, '],
    [['promote', 'worker-1'], 'unknown command "promote"; did you mean "lesson node promote worker-1"?'],
    [['kill'], 'unknown command "kill"; did you mean "lesson node kill"?'],
    [['xyzzy'], 'unknown command "xyzzy"; known: list, run, '],
  ])('%j is answered with the right word', (words, message) => {
    expect(unknownCommand(words, commands, undefined).message).toContain(message);
  });

  test('that is a lesson is answered with run', () => {
    expect(unknownCommand(['3'], commands, '03-distribution').message).toBe(
      'unknown command "3"; did you mean "lesson run 03-distribution"?',
    );
  });
});

test.each([
  [['restrt'], 'unknown verb "restrt"; did you mean "restart"?'],
  [['worker-1', 'stop'], 'unknown verb "worker-1"; did you mean "lesson node stop worker-1"?'],
])('an unknown verb, %j, is answered with the right one', (words, message) => {
  expect(unknownVerb(words, commands).message).toContain(message);
});

describe('the options of a command', () => {
  const check = (name: string, options: Readonly<Record<string, unknown>>, words = name.split(' ')) =>
    checkArguments({
      command: findCommand(commands, name.split(' '))!,
      options: { _: words, $0: '', ...options },
    });

  test.each([
    ['run', { id: ['01-a'], yes: true, y: true, 'pg-bin': 'x', pgBin: 'x', reporter: ['a', 'b'] }],
    ['node standby', { node: 'worker-1', sync: true }],
  ])('of %s are known', (name, options) => {
    expect(() => check(name, options)).not.toThrow();
  });

  test.each([
    ['run', { ye: true }, 'unknown option "--ye"; did you mean "--yes"?'],
    ['up', { 'pg-bn': 'x', pgBn: 'x' }, 'unknown option "--pg-bn"; did you mean "--pg-bin"?'],
    ['up', { x: true }, 'unknown option "-x"; known: --name'],
    ['node kill', { sync: true }, 'unknown option "--sync"; known: --name'],
    ['up', { name: ['a', 'b'] }, '--name is given twice'],
  ])('of %s are not %j', (name, options, message) => {
    expect(() => check(name, options)).toThrow(message);
  });

  test('are not words', () => {
    expect(() => check('url', {}, ['url', 'b'])).toThrow('unexpected argument "b": "lesson url [node]"');
  });
});
