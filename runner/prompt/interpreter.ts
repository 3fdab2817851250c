// What typed lines mean: gathers statements, runs them and backslash commands one after the other. Knows no keys.
import { UserError } from '../errors.ts';
import { nearest } from '../lesson/nearest.ts';
import { printable } from '../report/style.ts';
import type { After, Commands, PromptClient, Screen, Use } from './client.ts';
import { addShellLine } from './shell-input.ts';
import { addLine, type Input, lastStatement, nothingTyped, promptMark } from './split-input.ts';

export interface Interpreter {
  /** What stands before `>` in the prompt. */
  readonly mark: string;
  /** Whether a statement or command has failed. */
  readonly failed: boolean;
  /** The statement that is being typed, else the last one that ran. */
  readonly statement: string;
  /** Runs all that ends in this line; a text of several lines counts as so many. */
  readonly readLine: (text: string, signal: AbortSignal) => Promise<After>;
  /** Runs a text to its end, where a statement needs no semicolon. What was typed before it is kept. */
  readonly runScript: (text: string, signal: AbortSignal) => Promise<After>;
  /** Ends the input: what was typed last needs no semicolon. */
  readonly finish: (signal: AbortSignal) => Promise<After>;
  /** Forgets the statement that is being typed. */
  readonly discard: () => void;
}

/** Words that are commands when they stand alone in a line. */
const ownWords = { help: '?', '?': '?', quit: 'q', exit: 'q' };

/** @param ownCommands Commands beside those of the client, which know the interpreter. */
export function openInterpreter(
  client: PromptClient,
  screen: Screen,
  ownCommands: () => Commands,
): Interpreter {
  let unfinished = nothingTyped;
  let last = '';
  let failed = false;
  const words = new Map(Object.entries({ ...ownWords, ...client.words }));

  const runCommand = async (name: string, argument: string, use: Use): Promise<After> => {
    const commands = { ...ownCommands(), ...client.commands };
    // As in psql, where "+" asks for more than there is to say here.
    const find = (key: string) => (Object.hasOwn(commands, key) ? commands[key] : undefined);
    const command = find(name) ?? find(name.replace(/\+$/, ''));
    if (command !== undefined) return command.run(argument, use);
    const [best] = nearest(name, Object.keys(commands));
    const guess = best === undefined ? '' : ` Did you mean "\\${best}"?`;
    screen.complain(`unknown command "\\${printable(name)}".${guess} "\\?" shows all commands.`);
    return 'failed';
  };

  const runOne = async (input: Input, signal: AbortSignal): Promise<After> => {
    try {
      if (input.kind === 'command') return await runCommand(input.name, input.argument, { signal, screen });
      last = input.text;
      return await client.run(input.text, { signal, screen });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      screen.complain([error.message, error.hint].filter(Boolean).join('\n'));
      return 'failed';
    }
  };

  const runAll = async (inputs: readonly Input[], signal: AbortSignal): Promise<After> => {
    for (const input of inputs) {
      const after = await runOne(input, signal);
      if (after === 'leave') return after;
      if (after === 'failed') failed = true;
      if (signal.aborted) return 'failed'; // Ctrl-C means what stands behind it, too
    }
    return 'stay';
  };

  const split = (line: string): readonly Input[] => {
    const word = line.replace(/[\s;]+$/, '').trimStart();
    const command = words.get(word.toLowerCase());
    if (command !== undefined && promptMark(unfinished) === '=') {
      return [{ kind: 'command', name: command, argument: '' }];
    }
    if (command === 'q') screen.complain('Use "\\q" to leave, or Ctrl-C to discard the statement.');
    const { inputs, rest } = (client.language === 'shell' ? addShellLine : addLine)(unfinished, line);
    unfinished = rest;
    return inputs;
  };

  const readLine = async (text: string, signal: AbortSignal): Promise<After> => {
    for (const line of text.split(/\r\n|\n|\r/)) {
      const after = await runAll(split(line), signal);
      if (after !== 'stay') return after;
    }
    return 'stay';
  };

  const finish = (signal: AbortSignal): Promise<After> => {
    const statement = lastStatement(unfinished);
    unfinished = nothingTyped;
    return runAll(statement === undefined ? [] : [statement], signal);
  };

  return {
    get mark() {
      return promptMark(unfinished);
    },
    get failed() {
      return failed;
    },
    get statement() {
      return lastStatement(unfinished) === undefined ? last : unfinished.text.trimEnd();
    },
    readLine,
    async runScript(text, signal) {
      const outer = unfinished;
      unfinished = nothingTyped;
      try {
        const after = await readLine(text, signal);
        return after === 'stay' ? await finish(signal) : after;
      } finally {
        unfinished = outer;
      }
    },
    finish,
    discard() {
      unfinished = nothingTyped;
    },
  };
}
