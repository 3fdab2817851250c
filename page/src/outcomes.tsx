// The checks of a block, as they hold.
import type { Outcome } from '../../runner/session/events.ts';

export function Outcomes({ outcomes }: { readonly outcomes: readonly Outcome[] }) {
  if (outcomes.length === 0) return null;
  return (
    <ul class="outcomes">
      {outcomes.map((outcome, at) => (
        <li key={at} class={outcome.status}>
          {outcome.status === 'passed'
            ? `✓ ${outcome.claim}`
            : `✗ ${outcome.say ?? `${outcome.title}: expected ${outcome.expected}, got ${outcome.actual}`}`}
        </li>
      ))}
    </ul>
  );
}
