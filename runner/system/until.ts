// Waits for a condition: the one loop of this package that asks again and again.
import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
  readonly signal: AbortSignal;
  /** How long to go on asking, in milliseconds. */
  readonly timeoutMs: number;
  /** The pause between two questions, in milliseconds; 10 unless given. */
  readonly everyMs?: number;
}

/**
 * Asks until the answer is neither `undefined` nor `false`, and returns it; `undefined` when the time is up. An answer
 * that comes late still counts: at least one question is asked.
 * @throws `signal.reason` after an abort; what `condition` throws.
 */
export async function until<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  { signal, timeoutMs, everyMs = 10 }: UntilOptions,
): Promise<T | undefined> {
  for (const deadline = performance.now() + timeoutMs; ; ) {
    signal.throwIfAborted();
    const answer = await condition();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() >= deadline) return undefined;
    await pause(everyMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
