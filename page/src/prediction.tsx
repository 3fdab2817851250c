// A guess before the cell runs. It never fails anything.
import { useSignal } from '@preact/signals';
import type { PageCell } from '../../runner/page/document.ts';
import type { PredictionResult } from '../../runner/session/events.ts';
import { watched } from './store.ts';

interface Props {
  readonly cell: PageCell;
  readonly onGuess: (guess: string) => void;
}

export function Prediction({ cell, onGuess }: Props) {
  const typed = useSignal('');
  if (watched.value !== undefined) {
    return (
      <p class="prediction">
        {cell.question} {cell.choices && <b>{cell.choices.join(' · ')}</b>}
      </p>
    );
  }
  return (
    <fieldset class="prediction">
      <legend>{cell.question}</legend>
      {cell.choices?.map((choice) => (
        <button key={choice} type="button" onClick={() => onGuess(choice)}>
          {choice}
        </button>
      )) ?? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onGuess(typed.value);
          }}
        >
          <input
            aria-label="Your guess"
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
          <button type="submit">Guess, and run</button>
        </form>
      )}
    </fieldset>
  );
}

/** The guess beside what came. */
export function Guessed({ prediction: { guess, answer } }: { readonly prediction: PredictionResult }) {
  if (guess === undefined) return null;
  return guess === answer ? (
    <p class="guessed right">You guessed right: {answer}.</p>
  ) : (
    <p class="guessed wrong">
      You guessed {guess}; it is {answer}.
    </p>
  );
}
