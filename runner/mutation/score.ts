// How many changes behind the back of a lesson are to be noticed, and how it is said.
import type { LessonEvent } from '../session/events.ts';

type Score = Pick<Extract<LessonEvent, { type: 'mutations-tried' }>, 'tried' | 'noticed'>;

export const leastPercent = 95;

/** Where nothing was tried, nothing is known. */
export const isEnough = ({ tried, noticed }: Score): boolean =>
  tried > 0 && noticed * 100 >= tried * leastPercent;

/** `42 of 44 changes noticed, 95 %`. */
export function describeScore({ tried, noticed }: Score): string {
  if (tried === 0) return 'no changes tried: there is nothing to change, or the time is too short';
  return `${noticed} of ${tried} changes noticed, ${Math.floor((noticed * 100) / tried)} %`;
}
