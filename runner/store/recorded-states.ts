// The states that a lesson's blocks must leave: `03-distribution.states.json` beside the lesson, by the id of the block, written by
// `lesson check --record`.
import path from 'node:path';
import { LessonError } from '../lesson/problem.ts';
import type { State } from '../state/state.ts';
import { readIfThere, writeWhole } from '../system/files.ts';

export type States = Readonly<Record<string, State>>;

export const statesFile = (lessonFile: string): string =>
  path.join(path.dirname(lessonFile), `${path.basename(lessonFile, '.md')}.states.json`);

/**
 * Empty where nothing was recorded.
 * @param shown The lesson's file as the user named it.
 * @throws LessonError where the file is not one that was written here.
 */
export async function readStates(lessonFile: string, shown: string): Promise<States> {
  const text = await readIfThere(statesFile(lessonFile));
  if (text === undefined) return {};
  const states = parse(text);
  if (states !== undefined) return states;
  const message = 'these are no recorded states; write them anew with "lesson check --record"';
  throw new LessonError([{ place: { file: statesFile(shown), line: 1 }, message }]);
}

export async function writeStates(lessonFile: string, states: States): Promise<void> {
  await writeWhole(statesFile(lessonFile), textOf(states));
}

/** As the file has them. */
export const textOf = (states: States): string => `${JSON.stringify(states, null, 2)}\n`;

function parse(text: string): States | undefined {
  try {
    const states = JSON.parse(text);
    return isMap(states) && Object.values(states).every(isState) ? (states as States) : undefined;
  } catch {
    return undefined;
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isState = (value: unknown) =>
  isMap(value) &&
  Array.isArray(value.nodes) &&
  Array.isArray(value.except ?? []) &&
  isMap(value.tables) &&
  isMap(value.objects);
