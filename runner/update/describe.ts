// What `lesson update` says of a lesson, in sentences. Pure.
import { plural } from '../lesson/plural.ts';
import type { Lesson } from '../lesson/types.ts';
import { type BlockAnswer, isFillable } from './answers.ts';
import type { FillableKind, LeftBlock } from './fill-lesson.ts';

export function describeFilled(file: string, filled: readonly FillableKind[], isFrozen: boolean): string {
  const counts = (['result', 'error', 'output'] as const).flatMap((kind) => {
    const count = filled.filter((each) => each === kind).length;
    return count === 0 ? [] : [plural(count, kind)];
  });
  if (counts.length === 0) return '';
  return `${file} ${isFrozen ? 'is out of date' : 'was updated'}: ${counts.join(', ')}.\n`;
}

export function describeStates(
  file: string,
  { isNew, isFrozen }: { readonly isNew: boolean; readonly isFrozen: boolean },
): string {
  if (isFrozen) return `${file} is ${isNew ? 'missing' : 'out of date'}.\n`;
  return `${file} was ${isNew ? 'written' : 'updated'}.\n`;
}

/** A line for each reason. */
export function describeLeft({ place, steps }: Lesson, left: readonly LeftBlock[]): string {
  const lines = new Map(
    steps.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.kind === 'prose' ? [] : [[part.id, part.place.line] as const])),
    ),
  );
  const reasons = [...new Set(left.map(({ why }) => why))];
  return reasons
    .map((reason) => {
      const blocks = left.filter(({ why }) => why === reason);
      const [are, line] = blocks.length === 1 ? ['is', 'line'] : ['are', 'lines'];
      const which = `${plural(blocks.length, 'block')} ${are} unchanged`;
      return `${place.file}: ${which} (${line} ${blocks.map(({ id }) => lines.get(id)).join(', ')}): ${reason}.\n`;
    })
    .join('');
}

/** Of what was filled in from one run and did not hold in the next. */
export function describeUnsteady(answers: readonly BlockAnswer[]): string {
  const remedy = (title: string) =>
    title === 'error' ? 'leave out the part that differs' : 'write * or ... where it differs';
  return answers
    .flatMap(({ failed }) => failed.filter(isFillable))
    .map(
      ({ place: { file, line }, title }) =>
        `${file}:${line}: the ${title} differs from run to run; ${remedy(title)}.\n`,
    )
    .join('');
}
