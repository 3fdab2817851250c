// Which lessons of a course are checked, and in which order.
import { shuffled } from '../mutation/order.ts';

export interface Choice {
  /** The second of five parts: `{ number: 2, of: 5 }`. */
  readonly shard?: { readonly number: number; readonly of: number } | undefined;
  readonly repeat?: number | undefined;
  /** Of another order in each round; that of the course unless given. */
  readonly seed?: string | undefined;
}

export function chooseLessons<T extends { readonly id: string }>(
  lessons: readonly T[],
  { shard, repeat = 1, seed }: Choice,
): readonly T[] {
  // Lessons that stand beside each other are about as long: dealt like cards, the parts take the same time.
  const part = shard ? lessons.filter((_, at) => at % shard.of === shard.number - 1) : lessons;
  return Array.from({ length: repeat }, (_, round) =>
    seed === undefined ? part : shuffled(part, ({ id }) => id, `${seed}/${round}`),
  ).flat();
}
