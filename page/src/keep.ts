// What is typed is kept a moment after the last key, and when the page goes away.
import { ask } from './server.ts';

const afterMs = 300;

const waiting = new Map<string, { readonly path: string; readonly body: unknown; readonly timer: number }>();

/** The last one with the same key. Where it cannot be kept, it is still on the page. */
export function keepSoon(path: string, key: string, body: unknown): void {
  forget(key);
  const timer = window.setTimeout(() => {
    waiting.delete(key);
    void ask(path, body).catch(() => {});
  }, afterMs);
  waiting.set(key, { path, body, timer });
}

export function forget(key: string): void {
  clearTimeout(waiting.get(key)?.timer);
  waiting.delete(key);
}

addEventListener('pagehide', () => {
  for (const [key, { path, body }] of waiting) {
    forget(key);
    const headers = { 'Content-Type': 'application/json' };
    void fetch(path, { method: 'POST', headers, body: JSON.stringify(body), keepalive: true });
  }
});
