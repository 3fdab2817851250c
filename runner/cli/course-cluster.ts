// The kind of cluster that the course says, for commands that are not told one. In the shell blocks of a lesson they are.
import path from 'node:path';
import type { CourseSettings } from '../lesson/course-settings.ts';
import { readCourseSettings } from '../store/course-settings.ts';
import type { Call } from './command.ts';

/** The options of the call, with the kind where the course says one. @throws LessonError where its settings have a mistake. */
export async function withCourseCluster({ command, options }: Call, cwd: string): Promise<Call['options']> {
  const option = command.options.cluster;
  if (option === undefined || options.cluster !== undefined) return options;
  const { cluster }: CourseSettings = await readCourseSettings(folderOf(options, cwd), cwd);
  if (cluster === undefined) return options;
  return { ...options, cluster: option.array ? [cluster] : cluster };
}

/** Of a lesson that is named by its file, else of all lessons. */
function folderOf({ id, lessons }: Call['options'], cwd: string): string {
  const [word] = [id].flat();
  const isPath = typeof word === 'string' && /[\\/]/.test(word);
  return path.resolve(cwd, isPath ? path.dirname(word) : String(lessons ?? 'lessons'));
}
