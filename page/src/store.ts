// The state of the page: the events of the run, reduced by the very module that the terminal's reports rest on, the
// cluster as it was read last, and what the learner has typed.
import { computed, effect, signal } from '@preact/signals';
import type { Placement } from '../../runner/map/map-data.ts';
import type { ClusterNow } from '../../runner/page/cluster-feed.ts';
import type { PageCell, ShownLesson } from '../../runner/page/document.ts';
import type { OwnWork } from '../../runner/page/exercises.ts';
import type { CourseLesson, ShownCourse } from '../../runner/page/shown-run.ts';
import { type BlockView, emptyRun } from '../../runner/session/view.ts';
import type { OwnCells } from '../../runner/store/own-cells.ts';
import { readCatalog } from './catalog.ts';
import { forgetAll, keepAll, keepSoon } from './keep.ts';
import { scratch } from './scratch.ts';
import { ask, get, Refusal } from './server.ts';

export interface OpenLesson extends ShownLesson, OwnCells {
  /** The block at which the learner goes on. */
  readonly reached: string | null;
  /** What the learner has of each exercise already, by the id of its block. */
  readonly own: Readonly<Record<string, OwnWork>>;
}

export const course = signal<readonly CourseLesson[]>([]);
export const lesson = signal<OpenLesson | undefined>(undefined);
/** The lesson that is being opened. */
export const opening = signal<string | undefined>(undefined);
export const run = signal(emptyRun);
export const cluster = signal<ClusterNow>({ map: null });
/** The placement that was chosen in the picture. */
export const selected = signal<Placement | undefined>(undefined);
/** The one that the pointer or the focus is on. */
export const pointedAt = signal<Placement | undefined>(undefined);
/** The command of the terminal that leads the run: this page only shows it. */
export const watched = signal<string | undefined>(undefined);
export const refusal = signal<Refusal | undefined>(undefined);
/** What the learner typed, by the id of the cell. */
export const drafts = signal<Readonly<Record<string, string>>>({});
/** What the author says of the mistake in an answer, as HTML, by the id of the exercise. */
export const words = signal<Readonly<Record<string, string>>>({});
/** What was asked for has not been answered yet. */
const isAsking = signal(false);

export const blocks = computed<ReadonlyMap<string, BlockView>>(() => {
  const { steps = [] } = run.value.lessons.at(-1) ?? {};
  return new Map(steps.flatMap((step) => step.blocks.map((block) => [block.id, block])));
});
/** In the order of the lesson. */
export const cells = computed<readonly PageCell[]>(
  () => lesson.value?.steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose')) ?? [],
);
const authorTexts = computed(() => new Map(cells.value.map(({ id, text }) => [id, text])));
/** All that runs here has passed. */
export const isThrough = computed(() =>
  cells.value.every(
    ({ id }) => lesson.value?.skips[id] !== undefined || blocks.value.get(id)?.status === 'passed',
  ),
);
export const isBusy = computed(
  () =>
    isAsking.value ||
    run.value.lessons.at(-1)?.restoring !== undefined ||
    [...blocks.value.values()].some(({ status }) => status === 'running'),
);

/** Does what the server is asked for, and shows why it was refused. */
export async function attempt(work: () => Promise<unknown>): Promise<void> {
  refusal.value = undefined;
  try {
    await work();
  } catch (error) {
    refusal.value = error instanceof Refusal ? error : new Refusal(String(error));
  }
}

/** One at a time: nothing is asked while something runs. */
async function attemptAlone(work: () => Promise<unknown>): Promise<void> {
  if (isBusy.value) return;
  isAsking.value = true;
  await attempt(work);
  isAsking.value = false;
}

export async function runCell(block: string, guess?: string): Promise<void> {
  await attemptAlone(async () => {
    words.value = without(words.value, block);
    const { word } = await ask<{ word: string | null }>('/api/run', { block, text: textOf(block), guess });
    if (word !== null) words.value = { ...words.value, [block]: word };
  });
  void readCatalog();
}

/** What the learner typed, else what ran last, else the author's. */
export function textOf(id: string): string {
  const ran = blocks.value.get(id);
  const author = authorTexts.value.get(id) ?? '';
  if (watched.value !== undefined) return ran && ran.attempt > 0 ? ran.text : author;
  return (
    drafts.value[id] ?? lesson.value?.own[id]?.answer ?? (ran && ran.status !== 'reached' ? ran.text : author)
  );
}

/** Kept here, and with the learner's answers, too. */
export function changeText(block: string, text: string): void {
  if (text === textOf(block)) return;
  drafts.value = { ...drafts.value, [block]: text };
  keepSoon('/api/draft', block, { block, text });
}

function without<T>(values: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  const { [key]: _, ...others } = values;
  return others;
}

/** All cells before it, in order, then this one; stops where one fails. */
export async function runTo(block: string): Promise<void> {
  await restoreTo(block);
  if (refusal.value === undefined) await runCell(block);
}

/** From the first that has not passed to the end, or to the next exercise. */
export async function runAll(): Promise<void> {
  for (const cell of cells.value) {
    if (lesson.value?.skips[cell.id] !== undefined) continue;
    if (blocks.value.get(cell.id)?.status === 'passed') continue;
    if (cell.hints !== undefined) return focusCell(cell.id);
    const before = blocks.value.get(cell.id);
    await runCell(cell.id);
    await told(cell.id, before);
    if (refusal.value || blocks.value.get(cell.id)?.status !== 'passed') return focusCell(cell.id);
  }
}

/** The answer to a request may come before the events of what it did: waits until they show how the cell ended. */
const told = (id: string, before: BlockView | undefined): Promise<void> =>
  new Promise((resolve) => {
    const stop = effect(() => {
      const now = blocks.value.get(id);
      const isOpen = now === before || now?.status === 'running' || now?.status === 'reached';
      if (isOpen && refusal.value === undefined) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });

export const cellOf = (block: string) =>
  document.querySelector<HTMLElement>(`[data-block="${CSS.escape(block)}"]`);

export function focusCell(block: string): void {
  const cell = cellOf(block);
  cell?.scrollIntoView({ block: 'nearest' });
  cell?.querySelector<HTMLElement>('.cm-content, .editor > pre')?.focus();
}

/** The next that runs here. */
export const cellAfter = (block: string): string | undefined =>
  cells.value
    .slice(cells.value.findIndex(({ id }) => id === block) + 1)
    .find(({ id }) => lesson.value?.skips[id] === undefined)?.id;

export const restoreTo = (block: string) => attemptAlone(() => ask('/api/restore', { block }));
export const cancel = () => attempt(() => ask('/api/cancel'));

export async function openLesson(id: string): Promise<void> {
  opening.value = id;
  await attempt(async () => {
    await keepAll();
    const opened = await askForLesson(id);
    if (opened.id !== lesson.value?.id) {
      forgetAll();
      drafts.value = opened.drafts;
      scratch.value = opened.scratch;
      words.value = {};
      requestAnimationFrame(() => beginAt(opened.reached));
    }
    lesson.value = opened;
    history.replaceState(null, '', `/${id}`);
    document.title = `${lesson.value.title} · lesson`;
    if (watched.value === undefined) void readCatalog();
  });
  opening.value = undefined;
  await readCourse().catch(() => {});
}

/** At the top, or where the learner goes on. */
function beginAt(reached: string | null): void {
  document.querySelector('.lesson')?.scrollTo(0, 0);
  if (reached !== null && reached !== cells.value[0]?.id)
    cellOf(reached)?.scrollIntoView({ block: 'center' });
}

const nothingOwn = { reached: null, own: {}, drafts: {}, scratch: [] };

/** Of a run that is watched, the one to which it has come. */
const askForLesson = async (id: string): Promise<OpenLesson> =>
  watched.value === undefined
    ? ask(`/api/lessons/${encodeURIComponent(id)}/open`)
    : { ...(await get<ShownLesson>('/api/lesson')), ...nothingOwn };

/** Returns the lesson that is open. */
export async function readCourse(): Promise<string | null> {
  const { lessons, current, watched: command } = await get<ShownCourse>('/api/course');
  course.value = lessons;
  watched.value = command;
  return current;
}
