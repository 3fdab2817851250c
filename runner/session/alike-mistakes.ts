// Wrong answers of one exercise that cannot be told apart by what fails. Pure.
import type { RunEvent } from './events.ts';

type Tried = Pick<Extract<RunEvent, { type: 'answer-tried' }>, 'step' | 'place' | 'failed'>;

/** A sentence for each group. @param tried The wrong answers of a lesson. */
export function describeAlike(tried: readonly Tried[]): readonly string[] {
  const groups = new Map<string, readonly Tried[]>();
  for (const each of tried) {
    const key = JSON.stringify([each.step, each.failed]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return [];
    const { file, line } = first.place;
    const lines = [line, ...others.map(({ place }) => place.line)];
    const last = lines.pop();
    return [
      `${file}:${line}: the wrong answers in lines ${lines.join(', ')} and ${last} fail the same checks with the same values, ` +
        'so a learner who fails like that with another answer reads no comment',
    ];
  });
}
