// One line from the terminal, with Node's readline: editing, history, completion with Tab.
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import type { Invocation } from '../invocation.ts';
import type { Completion, Interjection } from './client.ts';

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
  /** Something is to be done first; what was typed so far is to stand in the line again. */
  | { readonly kind: 'interjected'; readonly work: Interjection; readonly typed: string | undefined }
  /** Ctrl-D, or a terminal that is gone. */
  | { readonly kind: 'ended' };

export interface Asking {
  readonly keys: Keys;
  readonly interrupt: () => void;
  readonly interject: (work: Interjection) => void;
  readonly end: () => void;
  readonly showAgain: () => void;
}

/** How long Tab may take: the names are asked from a server. */
const completionMs = 2_000;
const nothingFits: Completion = { word: '', candidates: [] };

export function ask(
  { prompt, history, complete, typed }: Question,
  stdout: Invocation['stdout'],
  onResume: () => void,
  done: (read: LineRead) => void,
): Asking {
  const keys = new Keys(onResume);
  let isDone = false;
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
        setTimeout(() => resolve(nothingFits), completionMs).unref();
      });
      void Promise.race([complete(line).catch(() => nothingFits), late]).then(({ word, candidates }) => {
        if (isDone) return; // by Ctrl-C; readline must not write any more
        answer(null, [candidates.length === 1 ? [`${candidates[0]} `] : [...candidates], word]);
      });
    },
  });
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
    interject(work) {
      const { line } = reader;
      stdout.write('\n');
      finish({ kind: 'interjected', work, typed: line === '' ? undefined : line });
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
