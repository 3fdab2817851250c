// The presenter's view: the lesson in large type, alone or with the cluster beside it, moved by keys.
import { signal } from '@preact/signals';
import { blocks, cellOf, cells, focusCell, isBusy, lesson, runCell, watched } from './store.ts';

export const isPresenting = signal(false);
/** Whether the cluster stands beside the lesson then. */
export const showsCluster = signal(false);
/** The place of the step that is in sight; 0 is what comes before the first one. */
export const stepInSight = signal(0);

const box = () => document.querySelector<HTMLElement>('.lesson');
const sections = () => [...document.querySelectorAll<HTMLElement>('article > section')];

/** A step whose beginning is so close to the upper edge is in sight. */
const edge = 24;

/** To be called when the lesson was scrolled. */
export function noteStep(): void {
  const top = (box()?.getBoundingClientRect().top ?? 0) + edge;
  stepInSight.value = sections().findLastIndex((each) => each.getBoundingClientRect().top < top) + 1;
}

/** The type is another size then: the step stays. */
export function togglePresenting(): void {
  if (lesson.value === undefined) return;
  noteStep();
  isPresenting.value = !isPresenting.value;
  requestAnimationFrame(() => goToStep(stepInSight.value));
}

/** Lines break elsewhere then: the step stays. */
export function toggleCluster(): void {
  noteStep();
  showsCluster.value = !showsCluster.value;
  requestAnimationFrame(() => goToStep(stepInSight.value));
}

export function goToStep(place: number): void {
  const step = sections()[Math.min(place, sections().length) - 1];
  if (step) step.scrollIntoView();
  else box()?.scrollTo(0, 0);
  box()?.focus(); // keys scroll what has the focus
}

/** To the next cell, and when it is in sight, runs it, as Enter does at a terminal. */
async function goOn(): Promise<void> {
  if (watched.value !== undefined || isBusy.value) return;
  const after = lesson.value?.steps.slice(Math.max(0, stepInSight.value - 1)) ?? [];
  const ids = new Set(
    after.flatMap(({ parts }) => parts.map((part) => (part.kind === 'prose' ? '' : part.id))),
  );
  const next = cells.value.find(
    ({ id }) =>
      ids.has(id) && lesson.value?.skips[id] === undefined && blocks.value.get(id)?.status !== 'passed',
  );
  if (next === undefined) return;
  if (next.hints !== undefined) return focusCell(next.id);
  if (!isInSight(next.id)) return showCell(next.id);
  await runCell(next.id);
  requestAnimationFrame(() => showCell(next.id));
}

export const showCell = (block: string): void => cellOf(block)?.scrollIntoView({ block: 'nearest' });

/** Some of it, or it is not there yet. */
export function isInSight(block: string): boolean {
  const rect = cellOf(block)?.getBoundingClientRect();
  return rect === undefined || (rect.bottom > 0 && rect.top < innerHeight);
}

const keys: Readonly<Record<string, () => void>> = {
  ArrowRight: () => goToStep(stepInSight.value + 1),
  PageDown: () => goToStep(stepInSight.value + 1),
  ArrowLeft: () => goToStep(Math.max(0, stepInSight.value - 1)),
  PageUp: () => goToStep(Math.max(0, stepInSight.value - 1)),
  Enter: () => void goOn(),
  c: toggleCluster,
  Escape: togglePresenting,
};

const takesText = '.cm-content, input, textarea';
const takesEnter = 'button, a, summary';

document.addEventListener('keydown', (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const isOn = (selector: string) => target instanceof Element && target.closest(selector) !== null;
  if (isOn(takesText)) {
    if (isPresenting.value && key === 'Escape') box()?.focus();
    return;
  }
  if (key === 'Enter' && isOn(takesEnter)) return;
  const action = key === 'p' ? togglePresenting : isPresenting.value ? keys[key] : undefined;
  if (action === undefined) return;
  event.preventDefault();
  action();
});
