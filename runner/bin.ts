#!/usr/bin/env node
// The process: its arguments, streams and signals go to `main`, its exit code comes from there.
import { closeSync } from 'node:fs';
import { callerEnvironment, takeLibpqVariables } from './caller-environment.ts';
import { main } from './cli.ts';
import { commandName } from './command-name.ts';
import { explainUnexpected } from './errors.ts';
import { exitCodes, type Invocation } from './invocation.ts';

// Node has one from 21 on. Without it pg looks for Cloudflare in another way, which loads all of fetch: 35 ms.
(globalThis as { navigator?: unknown }).navigator ??= { userAgent: `Node.js/${process.versions.node}` };

const interruption = new AbortController();
let exitCodeOfSignal: number | undefined;
const exitCodeOfHangup = 129;

function interrupt(exitCode: number): void {
  if (exitCodeOfSignal === undefined) {
    exitCodeOfSignal = exitCode;
    interruption.abort();
  } else if (exitCode !== exitCodeOfHangup) process.exit(exitCode); // whoever asks twice does not wait for a clean end
}

process.on('SIGHUP', () => interrupt(exitCodeOfHangup));
process.on('SIGINT', () => interrupt(130));
process.on('SIGTERM', () => interrupt(143));

// A reader such as `head` may go away: what was begun goes on, unseen, to its own end.
const unseen = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];
let isOutputLost = false;
for (const stream of [process.stdin, process.stdout, process.stderr]) {
  stream.on('error', ({ code = '', message }: NodeJS.ErrnoException) => {
    if (code === 'EIO' && stream.isTTY) interrupt(exitCodeOfHangup);
    if (unseen.includes(code) || isOutputLost) return;
    isOutputLost = true;
    const what = stream === process.stdin ? 'read its input' : 'write its output';
    process.stderr.write(`lesson: cannot ${what}: ${message}\n`);
  });
}

process.on('uncaughtException', (error) => {
  process.stderr.write(explainUnexpected(error, process.env.LESSON_DEBUG));
  process.exit(exitCodes.unexpected);
});

process.on('exit', (exitCode) => {
  if (isOutputLost && exitCode === exitCodes.ok) process.exitCode = exitCodes.failed;
  if (exitCode === exitCodeOfHangup) closeTerminal();
});

/** Node restores the terminal at its end, and aborts where there is none any more. It passes over files that are closed. */
function closeTerminal(): void {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // It was closed before.
    }
  }
}

takeLibpqVariables();
const invocation: Invocation = {
  env: callerEnvironment(),
  cwd: process.cwd(),
  command: commandName({ script: process.argv[1] ?? '', cwd: process.cwd(), env: process.env }),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interruption.signal,
};

const exitCode = await main(process.argv.slice(2), invocation);
process.exitCode = exitCodeOfSignal ?? exitCode;
