// Where the presenter is, and the keys.
import {
  goToStep,
  isPresenting,
  showsCluster,
  stepInSight,
  toggleCluster,
  togglePresenting,
} from './presenting.ts';
import { lesson, watched } from './store.ts';

export function PresenterBar() {
  const steps = lesson.value?.steps;
  if (!isPresenting.value || steps === undefined) return null;
  const at = stepInSight.value;
  return (
    <footer class="presenter">
      <span>
        {at} of {steps.length} · {steps[at - 1]?.title ?? lesson.value?.title}
      </span>
      <button type="button" disabled={at === 0} onClick={() => goToStep(at - 1)}>
        ← Back
      </button>
      <button type="button" disabled={at === steps.length} onClick={() => goToStep(at + 1)}>
        → Next
      </button>
      {watched.value === undefined && <span>Enter: to the next cell, and run it</span>}
      <button type="button" aria-pressed={showsCluster.value} onClick={toggleCluster}>
        C: cluster
      </button>
      <button type="button" onClick={togglePresenting}>
        Esc: end
      </button>
    </footer>
  );
}
