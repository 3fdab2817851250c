#!/usr/bin/env node
// The process: its arguments, streams and signals go to `main`, its exit code comes from there.
import { main } from './cli.ts';
import type { Surroundings } from './surroundings.ts';

// Node has one from 21 on. Without it pg looks for Cloudflare in another way, which loads all of fetch: 35 ms.
(globalThis as { navigator?: unknown }).navigator ??= { userAgent: `Node.js/${process.versions.node}` };

const interruption = new AbortController();
let exitCodeOfSignal: number | undefined;

for (const [signal, exitCode] of [
  ['SIGHUP', 129], // the terminal was closed
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    // The second one does not wait for a clean end.
    if (exitCodeOfSignal !== undefined) process.exit(exitCode);
    exitCodeOfSignal = exitCode;
    interruption.abort();
  });
}

// A reader such as `head` may go away; that is no error of ours. Nor is a terminal that was closed (EIO): what was begun
// is cleaned up, unseen.
for (const stream of [process.stdin, process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EIO' || exitCodeOfSignal !== undefined) return;
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
}

const surroundings: Surroundings = {
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
};

process.exitCode = await main(process.argv.slice(2), surroundings);
if (exitCodeOfSignal !== undefined) process.exitCode = exitCodeOfSignal;
