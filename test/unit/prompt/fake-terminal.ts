// A terminal without a terminal: keys go in, and what was printed comes out.
import { PassThrough } from 'node:stream';
import type { Invocation } from '../../../runner/invocation.ts';

export interface FakeTerminal {
  readonly invocation: Invocation;
  readonly type: (keys: string) => void;
  /** Resolves when this was printed since the last time. */
  readonly printed: (text: string) => Promise<void>;
  readonly output: () => string;
  readonly isRaw: () => boolean;
  /** As a signal would. */
  readonly interrupt: () => void;
}

export function fakeTerminal(env: Invocation['env'] = {}): FakeTerminal {
  let raw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(mode: boolean) {
      raw = mode;
    },
  });
  let output = '';
  let seen = 0;
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  const interruption = new AbortController();
  return {
    invocation: {
      env,
      cwd: '/',
      command: 'lesson',
      stdin: stdin as unknown as Invocation['stdin'],
      stdout: stdout as unknown as Invocation['stdout'],
      stderr: stdout as unknown as Invocation['stderr'],
      signal: interruption.signal,
    },
    type: (keys) => void stdin.write(keys),
    async printed(text) {
      while (!output.includes(text, seen)) await new Promise((resolve) => stdout.once('data', resolve));
      seen = output.indexOf(text, seen) + text.length;
    },
    output: () => output,
    isRaw: () => raw,
    interrupt: () => interruption.abort(),
  };
}
