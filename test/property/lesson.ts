import { type ChildProcess, spawn } from 'node:child_process';
import { bin } from '../support/binary.ts';

/** The real `lesson`, which is to be built. */
export function startLesson(args: readonly string[], stateDir: string): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: stateDir, LESSON_STATE_DIR: stateDir };
  return spawn(process.execPath, [bin, ...args], { env, stdio: 'ignore' });
}
