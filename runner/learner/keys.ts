// Single keys of a terminal.
import { createInterface } from 'node:readline/promises';
import type { Invocation } from '../invocation.ts';
import { wrapText } from '../report/markdown.ts';

export const interruptKey = '\u0003';
export const endKey = '\u0004';

type Terminal = Pick<Invocation, 'stdin' | 'signal'>;

/**
 * The keys that came together: one, or more where somebody types fast or pastes. Undefined where the process is asked to
 * end, or the terminal is gone.
 */
export function readKeys({ stdin, signal }: Terminal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const finish = (keys: string | undefined) => {
      stdin.off('data', onData).off('end', onEnd).off('error', onEnd);
      signal.removeEventListener('abort', onEnd);
      if (!stdin.destroyed) stdin.setRawMode(false);
      stdin.pause();
      resolve(keys);
    };
    const onEnd = () => finish(undefined);
    const onData = (data: Buffer) => finish(data.toString('utf8'));
    signal.addEventListener('abort', onEnd, { once: true });
    stdin.setRawMode(true);
    stdin.on('data', onData).on('end', onEnd).on('error', onEnd);
    stdin.resume();
    if (signal.aborted) onEnd();
  });
}

/**
 * While something runs: Ctrl-C cancels it, a second one ends the program, and what else is typed is dropped: it was not meant
 * for what comes next.
 */
export async function whileCancelable<T>(
  work: () => Promise<T>,
  cancel: () => void,
  { stdin, signal }: Terminal,
): Promise<T> {
  let isCancelled = false;
  const onData = (data: Buffer) => {
    for (const key of data.toString('utf8')) {
      if (key !== interruptKey) continue;
      if (isCancelled) process.kill(process.pid, 'SIGINT');
      else cancel();
      isCancelled = true;
    }
  };
  const onError = () => {};
  if (signal.aborted) return work();
  stdin.setRawMode(true);
  stdin.on('data', onData).on('error', onError);
  stdin.resume();
  try {
    return await work();
  } finally {
    stdin.off('data', onData).off('error', onError);
    if (!stdin.destroyed) stdin.setRawMode(false);
    stdin.pause();
  }
}

/** What asks for help at any prompt of a learner. */
const asksForHelp = (typed: string) => /^[?h]\s*$/i.test(typed);

/** A question with a yes or no; no is the default. Any other text that is typed is no answer, and comes back. */
export async function ask(question: string, invocation: Invocation): Promise<boolean | { typed: string }> {
  const width = invocation.stdout.columns || 80;
  for (;;) {
    const reading = readKeys(invocation); // first: the terminal would show a key that comes at once
    invocation.stdout.write(`${wrapText(`${question} [y/N]`, width - 1)} `);
    const keys = await reading;
    invocation.stdout.write('\n');
    if (keys !== undefined && asksForHelp(keys)) {
      invocation.stdout.write('y: yes · n or Enter: no\n');
      continue;
    }
    if (keys === undefined || !/^\p{L}/u.test(keys)) return false;
    return /^y(es)?\s*$/i.test(keys) || (/^(no?|q)\s*$/i.test(keys) ? false : { typed: keys });
  }
}

export interface LineQuestion {
  readonly question: string;
  /** What can be typed, in a sentence. */
  readonly help: string;
  /** What the learner has typed already. */
  readonly typed?: string;
}

/** A line of text; blank where the learner has nothing to say. */
export async function askLine(
  { question, help, typed = '' }: LineQuestion,
  invocation: Invocation,
): Promise<string> {
  const answer = await readLine(question, typed, invocation);
  if (!asksForHelp(answer)) return answer;
  invocation.stdout.write(`${help}\n`);
  return askLine({ question, help }, invocation);
}

async function readLine(
  question: string,
  typed: string,
  { stdin, stdout, signal }: Invocation,
): Promise<string> {
  const reader = createInterface({ input: stdin, output: stdout });
  reader.on('SIGINT', () => {
    stdout.write('\n');
    reader.close();
  });
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
  const asked = reader.question(question, { signal }).catch(() => '');
  reader.write(typed);
  const answer = await Promise.race([asked, closed]);
  reader.close();
  return answer.trim();
}

export async function confirm(question: string, invocation: Invocation): Promise<boolean> {
  return (await ask(question, invocation)) === true;
}
