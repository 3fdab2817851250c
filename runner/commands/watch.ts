// A picture that is drawn again and again on the whole screen of a terminal, until Ctrl-C or `q`.

import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';

const everyMs = 500;
/** A picture that takes long must not take all of the machine. */
const leastPauseMs = 150;

const interruptKey = '\u0003';
const endKey = '\u0004';

/** The alternate screen without a cursor, and back. */
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';

/** @param draw The lines of the picture, for so many columns and lines. Its errors are the caller's to draw. */
export async function watch(
  draw: (size: { readonly width: number; readonly height: number }, signal: AbortSignal) => Promise<string>,
  { stdin, stdout, signal }: Invocation,
): Promise<void> {
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new UserError('--watch needs a terminal', {
      code: 'usage',
      hint: 'Run the command without it to see the cluster once.',
    });
  }
  const end = new AbortController();
  const stop = () => end.abort();
  const onKeys = (keys: Buffer) => {
    const text = keys.toString('utf8');
    if (text.includes(interruptKey)) process.kill(process.pid, 'SIGINT');
    else if (/[qQ]/.test(text) || text.includes(endKey)) stop();
  };
  signal.addEventListener('abort', stop, { once: true });
  stdin.on('data', onKeys).on('end', stop).on('error', stop);
  stdin.setRawMode(true);
  stdin.resume();
  stdout.write(enter);
  if (signal.aborted) stop();
  try {
    while (!end.signal.aborted) {
      const started = performance.now();
      const size = { width: stdout.columns, height: stdout.rows };
      const picture = await draw(size, end.signal);
      if (!end.signal.aborted) stdout.write(inPlace(picture, size.height));
      const restMs = Math.max(leastPauseMs, started + everyMs - performance.now());
      await pause(restMs, undefined, { signal: end.signal }).catch(() => {});
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stdin.off('data', onKeys).off('end', stop).off('error', stop);
    if (!stdin.destroyed) stdin.setRawMode(false);
    stdin.pause();
    stdout.write(leave);
  }
}

/** Over the one before: nothing is cleared before it is drawn, so that nothing flickers. */
function inPlace(picture: string, height: number): string {
  const lines = picture.split('\n').slice(0, height);
  return `\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`;
}
