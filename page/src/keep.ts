// What is typed is kept a moment after the last key, and when the page goes away. What could not be kept is kept later.
import { ask } from './server.ts';

const afterMs = 300;

interface Typed {
  readonly path: string;
  readonly body: unknown;
  readonly timer: number;
}

const waiting = new Map<string, Typed>();

/** The last one with the same key. */
export function keepSoon(path: string, key: string, body: unknown): void {
  forget(key);
  const timer = window.setTimeout(() => void keep(key), afterMs);
  waiting.set(key, { path, body, timer });
}

async function keep(key: string): Promise<void> {
  const typed = waiting.get(key);
  if (typed === undefined) return;
  const isKept = await ask(typed.path, typed.body).then(
    () => true,
    () => false, // it is still on the page
  );
  if (isKept && waiting.get(key) === typed) forget(key);
}

/** Once more what could not be kept before. */
export const keepAll = () => Promise.all([...waiting.keys()].map(keep));

export function forget(key: string): void {
  clearTimeout(waiting.get(key)?.timer);
  waiting.delete(key);
}

export function forgetAll(): void {
  for (const key of waiting.keys()) forget(key);
}

addEventListener('pagehide', () => {
  for (const [key, { path, body }] of waiting) {
    forget(key);
    const headers = { 'Content-Type': 'application/json' };
    void fetch(path, { method: 'POST', headers, body: JSON.stringify(body), keepalive: true });
  }
});
