// The checks of a block, as they hold. Where several fail, the first is the one to look at.

import type { FailedOutcome, Outcome } from '../../runner/session/events.ts';
import { Difference } from './difference.tsx';

export function Outcomes({ outcomes }: { readonly outcomes: readonly Outcome[] }) {
  if (outcomes.length === 0) return null;
  return (
    <ul class="outcomes" aria-label="Checks" aria-live="polite">
      {outcomes.map((outcome, at) => (
        <li key={at} class={outcome.status}>
          {outcome.status === 'passed' ? `✓ ${outcome.claim}` : <Failed outcome={outcome} />}
        </li>
      ))}
    </ul>
  );
}

function Failed({ outcome }: { readonly outcome: FailedOutcome }) {
  const { say, title, expected, actual, look, difference, isCause } = outcome;
  if (isCause) return <>✗ {actual}</>;
  return (
    <>
      ✗ {say ?? `${title}: expected ${expected}, got ${actual}`}
      {say !== undefined && <small>{` ${title}: expected ${expected}, got ${actual}.`}</small>}
      {difference && <Difference difference={difference} />}
      {look && (
        <details>
          <summary>A statement that shows more</summary>
          <pre>{look}</pre>
        </details>
      )}
    </>
  );
}
