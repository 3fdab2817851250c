// The terminal of a prompt, and who gets its keys. What is typed while a statement runs waits until the next line is asked for;
// Ctrl-C means whatever is under way: the line, or the statement.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Invocation } from '../invocation.ts';
import type { Interjection } from './client.ts';
import { type Asking, ask, type LineRead, type Question } from './line-reader.ts';

export interface Terminal {
  readonly readLine: (question: Question) => Promise<LineRead>;
  /** The signal aborts at Ctrl-C. */
  readonly whileBusy: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  /** Leaves the terminal to another program meanwhile. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>;
  /** Is done in the place of the next line, or of the one that is being typed. */
  readonly interject: (work: Interjection) => void;
  readonly close: () => void;
}

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
  const interjected: Interjection[] = [];

  const handOn = () => {
    while (asking !== undefined && !asking.keys.isPaused && waiting.length > 0) {
      const mark = isPasting ? pasteEnd : pasteStart;
      const whole = firstLine(waiting);
      const markAt = whole.indexOf(mark);
      if (markAt === 0) {
        waiting = waiting.subarray(mark.length);
        isPasting = !isPasting;
        continue;
      }
      const line = markAt === -1 ? whole : whole.subarray(0, markAt);
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
    process.kill(0, 'SIGTSTP'); // npx waits for this process, and the shell for npx
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
        const work = interjected.shift();
        if (work) return resolve({ kind: 'interjected', work, typed: question.typed });
        asking = ask(question, stdout, handOn, (read) => {
          asking = undefined;
          resolve(read);
        });
        handOn();
      }),
    interject(work) {
      if (asking) asking.interject(work);
      else interjected.push(work);
    },
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
      stdin.off('data', onData);
      stdin.pause();
      leaveKeys();
      await nextTurn(); // only then has Node stopped to read
      try {
        return await use();
      } finally {
        takeKeys();
        stdin.on('data', onData).resume();
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
