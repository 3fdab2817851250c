// Before a block that asks: the learner guesses with a key, or does not.
import type { Prediction } from '../lesson/types.ts';
import { printable } from '../report/style.ts';
import type { Desk } from './desk.ts';
import type { Choices } from './menu.ts';

export interface Guess {
  /** Undefined where the learner is still to type it. */
  readonly guess: string | undefined;
}

export function askToPredict({ question, choices = [] }: Prediction, { invocation, style }: Desk): void {
  const areKeys = keyed(choices).every(([key, choice]) => key === choice);
  const lines = keyed(choices).map(([key, choice]) =>
    areKeys ? `  ${style('bold', key)}` : `  ${style('bold', `${key})`)} ${printable(choice)}`,
  );
  invocation.stdout.write(`${[style('bold', printable(question)), ...lines].join('\n')}\n\n`);
}

/** The keys for the choices; Enter runs the block without a guess. */
export function guesses(prediction: Prediction | undefined): Choices<Guess> {
  if (prediction === undefined) return {};
  const { choices } = prediction;
  if (choices === undefined) {
    return {
      g: { does: { guess: undefined }, label: 'guess', help: 'Type what you expect, then run the block' },
    };
  }
  return Object.fromEntries(
    keyed(choices).map(([key, guess], at) => [
      key,
      { does: { guess }, ...(at === 0 && { label: 'guess' }), help: `Guess: ${guess}` },
    ]),
  );
}

/** Choices that are digits are their own keys. */
function keyed(choices: readonly string[]): readonly (readonly [key: string, choice: string])[] {
  const areDigits = choices.every((choice) => /^[1-9]$/.test(choice));
  return choices.map((choice, at) => [areDigits ? choice : String(at + 1), choice]);
}
