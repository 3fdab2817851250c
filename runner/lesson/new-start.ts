// What has changed of what a lesson finds when it starts. Pure.
import type { Lesson } from './types.ts';

type Start = Pick<Lesson, 'init' | 'workers'>;

/** A sentence; undefined where the lesson starts as before. */
export function describeNewStart(before: Start, now: Start): string | undefined {
  if (startOf(before) === startOf(now)) return undefined;
  const old = new Map(sourcesOf(before).map(({ file, text }) => [file, text]));
  const changed = sourcesOf(now).filter(({ file, text }) => old.has(file) && old.get(file) !== text);
  const files = [...new Set(changed.map(({ file }) => file))];
  if (files.length === 0) return 'The lesson starts with another cluster now.';
  const [have, them] = files.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return `${files.join(' and ')} ${have} changed, and the lesson starts with ${them}.`;
}

const sourcesOf = ({ init }: Start) => init.flatMap(({ source }) => source ?? []);

const startOf = ({ init, workers }: Start): string =>
  JSON.stringify([init.map(({ name, source }) => source?.text ?? name), workers?.count]);
