// The commands that every prompt has: leave, help, edit a statement, run a file.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Invocation } from '../invocation.ts';
import type { Commands, PromptClient } from './client.ts';
import { editText } from './editor.ts';
import type { Interpreter } from './interpreter.ts';

export interface CommandContext {
  readonly invocation: Invocation;
  /** Leaves the terminal to a program; absent where there is none. */
  readonly lend?: <T>(use: () => Promise<T>) => Promise<T>;
  /** Adds to the history, behind the command that runs. */
  readonly remember?: (entry: string) => void;
}

export function ownCommands(
  client: PromptClient,
  interpreter: Interpreter,
  { invocation, lend, remember }: CommandContext,
): Commands {
  const own: Commands = {
    i: {
      argument: 'FILE',
      help: 'run the statements in a file',
      async run(argument, { signal, screen }) {
        const file = argument.replace(/^'(.*)'$/, '$1');
        if (file === '') {
          screen.complain('\\i needs the name of a file: \\i FILE');
          return 'failed';
        }
        try {
          return await interpreter.runScript(
            await readFile(path.resolve(invocation.cwd, file), 'utf8'),
            signal,
          );
        } catch (error) {
          if (!isSystemError(error)) throw error;
          screen.complain(`"${file}" cannot be read: ${error.message}`);
          return 'failed';
        }
      },
    },
    e: {
      help: 'edit the statement, or the last one, with $EDITOR, and run it',
      async run(_, { signal, screen }) {
        if (lend === undefined) {
          screen.complain('\\e needs a terminal.');
          return 'failed';
        }
        const before = interpreter.statement;
        const edited = await lend(() => editText(before, invocation));
        if (edited.kind === 'failed') {
          screen.complain(edited.message);
          return 'failed';
        }
        const text = edited.text.trim();
        if (text === before.trim()) {
          await screen.print('The statement was not changed, and not run.');
          return 'stay';
        }
        interpreter.discard();
        await screen.print(text);
        remember?.(text);
        return interpreter.runScript(text, signal);
      },
    },
    q: { help: 'leave; so does Ctrl-D', run: async () => 'leave' },
    '?': {
      help: 'this help',
      async run(_, { screen }) {
        const all = { ...client.commands, ...own, ...client.commands };
        await screen.print(describeCommands(all, client.language ?? 'sql'));
        return 'stay';
      },
    },
  };
  return own;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

const introductions = {
  sql: [
    'End a statement with a semicolon. Ctrl-C discards what you typed, or cancels',
    'the statement that runs.',
    'Tab completes names, and the Up key brings earlier statements back.',
  ],
  shell: [
    'Each line is a command for bash, and runs without a terminal. Ctrl-C discards',
    'what you typed, or ends the command that runs. The Up key brings earlier ones back.',
  ],
} as const;

function describeCommands(commands: Commands, language: 'sql' | 'shell'): string {
  const lines = Object.entries(commands).map(([name, { argument, help }]) => ({
    usage: `\\${name}${argument === undefined ? '' : ` ${argument}`}`,
    help,
  }));
  const width = Math.max(...lines.map(({ usage }) => usage.length));
  return [
    ...introductions[language],
    '',
    ...lines.map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`),
  ].join('\n');
}
