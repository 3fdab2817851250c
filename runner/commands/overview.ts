// `lesson`: where am I, and what is next. At a terminal, Enter goes on there.

import { withCommand } from '../command-name.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { openCourse } from '../store/course.ts';
import { nextLesson } from '../store/next-lesson.ts';
import { list } from './list.ts';

interface Options {
  readonly lessons?: string | undefined;
}

export async function overview({ lessons }: Options, invocation: Invocation): Promise<number> {
  const { cwd, env, command, stdin, stdout } = invocation;
  await list({ lessons, json: false }, invocation);
  const next = await nextLesson(await openCourse(lessons, cwd));
  if (next === undefined) {
    const text = 'You have been through them all. "lesson psql" is a SQL prompt on the coordinator.';
    stdout.write(withCommand(`\n${text}\n`, command));
    return exitCodes.ok;
  }
  stdout.write(`\nNext: ${command} run ${next}\n`);
  if (stdin.isTTY !== true || stdout.isTTY !== true) return exitCodes.ok;
  const { readKeys } = await import('../learner/keys.ts');
  stdout.write('Enter starts it, any other key leaves. ');
  const key = await readKeys(invocation);
  stdout.write('\n');
  if (key !== '\r' && key !== '\n') return exitCodes.ok;
  const { run } = await import('./run.ts');
  const name = env.LESSON_NAME || 'default';
  return run(
    { id: [next], yes: false, trust: false, exercises: false, page: false, lessons, name },
    invocation,
  );
}
