// The real `lesson`, as built by `npm run build`, on courses that a test writes.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { reapedFolder } from './cluster.ts';

export const bin = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with all of stdout when it holds this text; rejects when the process ends without it. */
  readonly printed: (text: string) => Promise<string>;
  /** The same of stderr. */
  readonly complained: (text: string) => Promise<string>;
}

/** A place of its own for state and courses; its path has a space, and the servers' user may enter it. */
export interface Sandbox {
  readonly dir: string;
  readonly start: (...args: readonly string[]) => Running;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** Writes `lessons/ID.md` for each lesson; returns the folder. */
  readonly writeLessons: (lessons: Readonly<Record<string, string>>) => Promise<string>;
  /** Stops and removes every cluster, then the folder. */
  readonly remove: () => Promise<void>;
}

export async function openSandbox(): Promise<Sandbox> {
  const dir = await reapedFolder('sandbox ', 0o755);
  await linkLesson(dir);
  const start = (...args: readonly string[]) => startBinary(args, dir);
  const run = (...args: readonly string[]) => start(...args).ended;
  return {
    dir,
    start,
    run,
    async writeLessons(lessons) {
      const folder = path.join(dir, 'lessons');
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      for (const [id, text] of Object.entries(lessons)) await writeFile(path.join(folder, `${id}.md`), text);
      return folder;
    },
    async remove() {
      await run('down', '--all', '--purge');
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** The courses of tests are not those that ship. */
export const trustOption = ([command = '']: readonly string[]): readonly string[] =>
  ['run', 'check', 'update'].includes(command) ? ['--trust'] : [];

/** For `sandboxEnvironment`. */
export async function linkLesson(dir: string): Promise<void> {
  await mkdir(path.join(dir, 'bin'));
  await symlink(bin, path.join(dir, 'bin', 'lesson'));
}

/** In it `lesson` is on the PATH. */
export const sandboxEnvironment = (dir: string) => ({
  PATH: [path.join(dir, 'bin'), process.env.PATH].join(path.delimiter),
  HOME: dir,
  LESSON_STATE_DIR: path.join(dir, 'state'),
});

function startBinary(args: readonly string[], dir: string): Running {
  const child = spawn(process.execPath, [bin, ...args, ...trustOption(args)], {
    cwd: dir,
    env: sandboxEnvironment(dir),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
  const holds = (stream: Readable, all: () => string) => (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => all().includes(text) && resolve(all());
      stream.on('data', look);
      child.on('close', () => reject(new Error(`ended without "${text}":\n${stdout}${stderr}`)));
      look();
    });
  const printed = holds(child.stdout, () => stdout);
  const complained = holds(child.stderr, () => stderr);
  return { child, ended, printed, complained };
}
