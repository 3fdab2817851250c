// The terminal of a prompt: asks for lines with Node's readline, one at a time. What is typed while a statement runs waits
// for the next question, and Ctrl-C means whatever is under way: the line, or the statement.
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Invocation } from '../invocation.ts';
import type { Completion } from './client.ts';

export interface Terminal {
  readonly readLine: (question: Question) => Promise<LineRead>;
  /** The signal aborts at Ctrl-C. */
  readonly whileBusy: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Leaves the terminal to another program meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>;
  readonly close: () => void;
}

export interface Question {
  readonly prompt: string;
  /** The newest first. */
  readonly history: readonly string[];
  readonly complete: (line: string) => Promise<Completion>;
  /** Stands in the line already. */
  readonly typed?: string | undefined;
}

export type LineRead =
  /** Of several lines where it came from the history. */
  | { readonly kind: 'line'; readonly text: string }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D, or a terminal that is gone. */
  | { readonly kind: 'ended' };

const ctrlC = 0x03;
const ctrlZ = 0x1a;
const tab = 0x09;

/** "Bracketed paste": a terminal that is asked to puts marks around what is pasted. */
const [askForMarks, askForNoMarks] = ['\x1b[?2004h', '\x1b[?2004l'];
const [pasteStart, pasteEnd] = ['\x1b[200~', '\x1b[201~'];
const nothing = Buffer.alloc(0);

export function openTerminal({ stdin, stdout, signal }: Invocation): Terminal {
  /** Typed, but not handed on yet. */
  let waiting: Buffer = nothing;
  let isPasting = false;
  let asking: Asking | undefined;
  let running: AbortController | undefined;
  let isGone = false;

  const handOn = () => {
    while (asking !== undefined && !asking.keys.isPaused && waiting.length > 0) {
      const mark = isPasting ? pasteEnd : pasteStart;
      const markAt = waiting.indexOf(mark);
      if (markAt === 0) {
        waiting = waiting.subarray(mark.length);
        isPasting = !isPasting;
        continue;
      }
      const line = firstLine(markAt === -1 ? waiting : waiting.subarray(0, markAt));
      // Tab as the last key that came would be taken for a request to complete.
      if (isPasting && line.length === waiting.length && line.at(-1) === tab) return;
      waiting = waiting.subarray(line.length);
      asking.keys.emit('data', line);
    }
  };
  const interrupt = () => {
    waiting = nothing;
    isPasting = false;
    if (asking !== undefined) asking.interrupt();
    else if (running !== undefined) {
      stdout.write('^C\n');
      running.abort();
    }
  };
  const suspend = () => {
    leaveKeys();
    process.once('SIGCONT', () => {
      takeKeys();
      asking?.showAgain();
    });
    process.kill(process.pid, 'SIGTSTP');
  };
  const onData = (chunk: Buffer | string) => {
    let typed = Buffer.from(chunk);
    const interruptAt = typed.lastIndexOf(ctrlC);
    if (interruptAt !== -1) {
      interrupt();
      typed = typed.subarray(interruptAt + 1);
    }
    if (typed.includes(ctrlZ) && process.platform !== 'win32') {
      typed = typed.filter((byte) => byte !== ctrlZ) as Buffer<ArrayBuffer>;
      suspend();
    }
    waiting = Buffer.concat([waiting, typed]);
    handOn();
  };
  const onGone = () => {
    isGone = true;
    running?.abort();
    asking?.end();
  };

  const takeKeys = () => {
    if (stdin.destroyed) return;
    stdin.setRawMode(true);
    stdout.write(askForMarks);
  };
  const leaveKeys = () => {
    if (stdin.destroyed) return;
    stdout.write(askForNoMarks);
    stdin.setRawMode(false);
  };
  takeKeys();
  stdin.on('data', onData).on('end', onGone).on('error', onGone);
  signal.addEventListener('abort', onGone, { once: true });
  stdin.resume();
  if (signal.aborted) onGone();

  return {
    readLine: (question) =>
      new Promise((resolve) => {
        if (isGone) return resolve({ kind: 'ended' });
        asking = ask(question, stdout, handOn, (read) => {
          asking = undefined;
          resolve(read);
        });
        handOn();
      }),
    async whileBusy(work) {
      running = new AbortController();
      if (isGone) running.abort();
      try {
        return await work(running.signal);
      } finally {
        running = undefined;
      }
    },
    async lend(use) {
      stdin.pause();
      leaveKeys();
      await nextTurn(); // only then has Node stopped to read
      try {
        return await use();
      } finally {
        takeKeys();
        stdin.resume();
      }
    },
    close() {
      stdin.off('data', onData).off('end', onGone).off('error', onGone);
      signal.removeEventListener('abort', onGone);
      leaveKeys();
      stdin.pause();
    },
  };
}

/** Up to the end of the line, or all. */
function firstLine(typed: Buffer): Buffer {
  const at = typed.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  if (at === -1) return typed;
  return typed.subarray(0, typed[at] === 0x0d && typed[at + 1] === 0x0a ? at + 2 : at + 1);
}

interface Asking {
  readonly keys: Keys;
  readonly interrupt: () => void;
  readonly end: () => void;
  readonly showAgain: () => void;
}

/** How long Tab may take: the names are asked from a server. */
const completionMs = 2_000;

function ask(
  { prompt, history, complete, typed }: Question,
  stdout: Invocation['stdout'],
  onResume: () => void,
  done: (read: LineRead) => void,
): Asking {
  const keys = new Keys(onResume);
  const entries = [...(typed === undefined ? [] : [typed]), ...history];
  const reader = createInterface({
    input: keys as unknown as NodeJS.ReadableStream,
    output: stdout,
    terminal: true,
    prompt,
    history: entries,
    historySize: entries.length + 1,
    completer: (line: string, answer: (error: null, result: [string[], string]) => void) => {
      const late = new Promise<Completion>((resolve) => {
        setTimeout(() => resolve({ word: '', candidates: [] }), completionMs).unref();
      });
      void Promise.race([complete(line), late]).then(({ word, candidates }) =>
        answer(null, [candidates.length === 1 ? [`${candidates[0]} `] : [...candidates], word]),
      );
    },
  });
  let isDone = false;
  const finish = (read: LineRead) => {
    if (isDone) return;
    isDone = true;
    reader.close();
    done(read);
  };
  // Node 24 ends the lines of an entry of the history with carriage returns.
  reader.once('line', (text) => finish({ kind: 'line', text: text.replace(/\r\n?/g, '\n') }));
  reader.once('close', () => finish({ kind: 'ended' }));
  reader.prompt();
  // An entry of the history may have several lines; text that is written may not.
  if (typed !== undefined) reader.write(null, { name: 'up' });
  return {
    keys,
    interrupt() {
      reader.write(null, { ctrl: true, name: 'e' });
      stdout.write('^C\n');
      finish({ kind: 'interrupted' });
    },
    end: () => finish({ kind: 'ended' }),
    showAgain: () => reader.prompt(true),
  };
}

/** What readline reads from: it gets each key at once, so that nothing is left of a line that has ended. */
class Keys extends EventEmitter {
  isPaused = false;
  readonly #onResume: () => void;

  constructor(onResume: () => void) {
    super();
    this.#onResume = onResume;
  }

  pause(): this {
    this.isPaused = true;
    return this;
  }

  resume(): this {
    this.isPaused = false;
    setImmediate(this.#onResume); // readline has something to do first
    return this;
  }
}
