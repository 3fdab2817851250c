// A prompt for SQL that looks and feels like psql. Its client runs the statements; see `client.ts`.
import { createInterface } from 'node:readline';
import type { Invocation } from '../invocation.ts';
import type { After, Completion, PromptClient, Screen } from './client.ts';
import { type Interpreter, openInterpreter } from './interpreter.ts';
import { ownCommands } from './own-commands.ts';
import { page } from './pager.ts';
import { openTerminal, type Terminal } from './terminal.ts';

export interface PromptEnd {
  /** `left`: by a command; `ended`: by Ctrl-D, or where the input ended. */
  readonly how: 'left' | 'ended';
  /** Whether a statement or command has failed. */
  readonly failed: boolean;
}

/** Asks for statements until somebody leaves. Without a terminal it reads them from stdin, and prints no prompt. */
export async function openPrompt(client: PromptClient, invocation: Invocation): Promise<PromptEnd> {
  const { stdin, stdout } = invocation;
  return stdin.isTTY && stdout.isTTY ? askOnTerminal(client, invocation) : readFromPipe(client, invocation);
}

/** Runs texts, each to its end, without reading anything. */
export async function runScripts(
  client: PromptClient,
  texts: readonly string[],
  invocation: Invocation,
): Promise<PromptEnd> {
  const interpreter = scriptInterpreter(client, invocation);
  for (const text of texts) {
    if ((await interpreter.runScript(text, invocation.signal)) === 'leave') return end('left', interpreter);
  }
  return end('ended', interpreter);
}

async function readFromPipe(client: PromptClient, invocation: Invocation): Promise<PromptEnd> {
  const { stdin, signal } = invocation;
  const interpreter = scriptInterpreter(client, invocation);
  const lines = createInterface({
    input: stdin,
    terminal: false,
    crlfDelay: Number.POSITIVE_INFINITY,
    signal,
  });
  for await (const line of lines) {
    if ((await interpreter.readLine(line, signal)) === 'leave') return end('left', interpreter);
  }
  return end((await interpreter.finish(signal)) === 'leave' ? 'left' : 'ended', interpreter);
}

function scriptInterpreter(client: PromptClient, invocation: Invocation): Interpreter {
  const { stdout, stderr } = invocation;
  const screen: Screen = {
    width: Number.POSITIVE_INFINITY,
    lend: (use) => use(),
    print: async (text) => void stdout.write(`${text}\n`),
    complain: (text) => stderr.write(`${text}\n`),
  };
  const interpreter: Interpreter = openInterpreter(client, screen, () =>
    ownCommands(client, interpreter, { invocation }),
  );
  return interpreter;
}

const end = (how: PromptEnd['how'], { failed }: Interpreter): PromptEnd => ({ how, failed });

async function askOnTerminal(client: PromptClient, invocation: Invocation): Promise<PromptEnd> {
  const { stdout } = invocation;
  const terminal = openTerminal(invocation);
  const screen = openScreen(terminal, invocation);
  const interpreter: Interpreter = openInterpreter(client, screen, commands);
  /** What \e ran, which follows the \e in the history. */
  const edited: string[] = [];
  function commands() {
    return ownCommands(client, interpreter, {
      invocation,
      lend: terminal.lend,
      remember: (entry) => edited.push(entry),
    });
  }
  const history = [...client.history];
  function remember(entry: string) {
    if (entry.trim() === '' || entry === history[0]) return;
    history.unshift(entry);
    client.remember?.(entry);
  }

  const complete = async (line: string): Promise<Completion> => {
    const command = /^\s*\\(\w*)$/.exec(line)?.[1];
    if (command === undefined) return (await client.complete?.(line)) ?? { word: '', candidates: [] };
    const names = Object.keys({ ...commands(), ...client.commands });
    return { word: command, candidates: names.filter((name) => name.startsWith(command)) };
  };

  let { typed } = client;
  /** The lines of the entry that the history is to have. */
  let lines: string[] = [];
  let endWatch: (() => void) | undefined;
  try {
    endWatch = client.watch?.(terminal.interject);
    for (;;) {
      const mark = client.language === 'shell' && interpreter.mark === '=' ? '$' : `${interpreter.mark}>`;
      const prompt = `${client.name()}${mark} `;
      const read = await terminal.readLine({ prompt, history, complete, typed });
      typed = undefined;
      if (read.kind === 'ended') {
        stdout.write('\\q\n');
        return end('ended', interpreter);
      }
      if (read.kind === 'interrupted') {
        interpreter.discard();
        lines = [];
        continue;
      }
      if (read.kind === 'interjected') {
        ({ typed } = read);
        const { work } = read;
        if ((await terminal.whileBusy((signal) => work({ signal, screen }))) === 'leave') {
          return end('left', interpreter);
        }
        continue;
      }
      lines.push(read.text);
      const after: After = await terminal.whileBusy((signal) => interpreter.readLine(read.text, signal));
      if (interpreter.mark === '=') {
        remember(lines.join('\n').trimEnd());
        lines = [];
        for (const entry of edited.splice(0)) remember(entry);
      }
      if (after === 'leave') return end('left', interpreter);
    }
  } finally {
    endWatch?.();
    terminal.close();
  }
}

function openScreen(terminal: Terminal, invocation: Invocation): Screen {
  const { stdout, stderr } = invocation;
  return {
    get width() {
      return stdout.columns ?? 80;
    },
    lend: terminal.lend,
    async print(text) {
      const isLong = text.split('\n').length >= (stdout.rows ?? Number.POSITIVE_INFINITY);
      if (isLong && (await terminal.lend(() => page(text, invocation)))) return;
      stdout.write(`${text}\n`);
    },
    complain: (text) => stderr.write(`${text}\n`),
  };
}
