// The step of a lesson that a person means.
import type { Lesson, Step } from './types.ts';

export interface NumberedStep {
  readonly step: Step;
  /** From 1. */
  readonly number: number;
}

export const stepsOf = ({ steps }: Lesson): readonly NumberedStep[] =>
  steps.map((step, at) => ({ step, number: at + 1 }));

/** By its number, its id, or a part of its title that no other has. */
export function findStep<S extends NumberedStep>(steps: readonly S[], text: string): S | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  const exact = steps.find(({ number, step }) => String(number) === word || step.id === word);
  if (exact) return exact;
  const some = steps.filter(({ step }) => `${step.id} ${step.title}`.toLowerCase().includes(word));
  return some.length === 1 ? some[0] : undefined;
}
