// The checks of a block, as they hold. Where an error ended the block, it alone is the one to look at.
import type { FailedOutcome, Outcome } from '../../runner/session/events.ts';
import { Difference } from './difference.tsx';

interface Props {
  readonly outcomes: readonly Outcome[];
  /** What to look at would often give the answer away. */
  readonly isExercise: boolean;
}

export function Outcomes({ outcomes, isExercise }: Props) {
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const cause = failed.find(({ isCause }) => isCause);
  const shown = cause ? (cause.failure ? [] : [cause]) : outcomes;
  const unmet = cause ? failed.length - 1 : 0;
  if (shown.length + unmet === 0) return null;
  return (
    <ul class="outcomes" aria-label="Checks" aria-live="polite">
      {shown.map((outcome, at) => (
        <li key={at} class={outcome.status}>
          {outcome.status === 'passed' ? (
            `✓ ${outcome.claim}`
          ) : (
            <Failed outcome={outcome} isExercise={isExercise} />
          )}
        </li>
      ))}
      {unmet > 0 && (
        <li class="quiet">
          {unmet === 1 ? '1 check was not met either' : `${unmet} checks were not met either`}
        </li>
      )}
    </ul>
  );
}

function Failed({ outcome, isExercise }: { readonly outcome: FailedOutcome; readonly isExercise: boolean }) {
  const { title, expected, actual, look, difference, isCause } = outcome;
  if (isCause) return <>✗ {actual}</>;
  if (difference) {
    return (
      <>
        ✗ {outcome.say ?? 'The result is not as expected.'}
        <Difference difference={difference} />
      </>
    );
  }
  const line = `${title}: expected ${expected}, got ${actual}`;
  return (
    <>
      ✗ {outcome.say ?? line}
      {outcome.say !== undefined && <small>{line}</small>}
      {look && !isExercise && (
        <details>
          <summary>A statement that shows more</summary>
          <pre>{look}</pre>
        </details>
      )}
    </>
  );
}
