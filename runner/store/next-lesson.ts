// Where the learner goes on in a course.
import type { Course } from './course.ts';
import { learnerFolder } from './learner-folder.ts';
import { readProgress } from './progress.ts';

/** The one that was begun, else the first that nobody has gone through. */
export async function nextLesson(course: Course): Promise<string | undefined> {
  const progress = await readProgress(await learnerFolder(course));
  const isOpen = (id: string) => progress[id]?.status === undefined || progress[id].status === 'unattended';
  return course.ids.find((id) => progress[id]?.next !== undefined) ?? course.ids.find(isOpen);
}
