// The state of the page: the events of the run, reduced by the very module that the terminal's reports rest on, the
// cluster as it was read last, and what the learner has typed.
import { computed, signal } from '@preact/signals';
import type { ClusterInfo } from '../../runner/cluster/info.ts';
import type { MapData } from '../../runner/map/map-data.ts';
import type { CourseLesson } from '../../runner/page/app.ts';
import type { PageLesson } from '../../runner/page/document.ts';
import type { RunEvent } from '../../runner/session/events.ts';
import { type BlockView, emptyRun, reduce } from '../../runner/session/view.ts';
import type { ExerciseProgress } from '../../runner/store/progress.ts';
import { ask, enter, get, Refusal } from './server.ts';

export interface OpenLesson extends PageLesson {
  readonly cluster: ClusterInfo;
  /** Why a block does not run here, by its id. */
  readonly skips: Readonly<Record<string, string>>;
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

export const course = signal<readonly CourseLesson[]>([]);
export const lesson = signal<OpenLesson | undefined>(undefined);
/** The lesson that is being opened. */
export const opening = signal<string | undefined>(undefined);
export const run = signal(emptyRun);
export const map = signal<MapData | null>(null);
export const isConnected = signal(false);
export const refusal = signal<Refusal | undefined>(undefined);
/** What the learner typed, by the id of the cell. */
export const drafts = signal<Readonly<Record<string, string>>>({});
/** The shards that the last statement touched. */
export const touched = signal<ReadonlySet<number>>(new Set());

export const blocks = computed<ReadonlyMap<string, BlockView>>(() => {
  const { steps = [] } = run.value.lessons.at(-1) ?? {};
  return new Map(steps.flatMap((step) => step.blocks.map((block) => [block.id, block])));
});
export const isBusy = computed(
  () =>
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

export const runCell = (block: string, text?: string, guess?: string) =>
  attempt(() => ask('/api/run', { block, text, guess }));
export const restoreTo = (block: string) => attempt(() => ask('/api/restore', { block }));
export const cancel = () => attempt(() => ask('/api/cancel'));

export async function openLesson(id: string): Promise<void> {
  opening.value = id;
  await attempt(async () => {
    lesson.value = await ask<OpenLesson>(`/api/lessons/${encodeURIComponent(id)}/open`);
    history.replaceState(null, '', `/${id}`);
  });
  opening.value = undefined;
  await readCourse();
}

async function readCourse(): Promise<string | null> {
  const { lessons, current } = await get<{ lessons: CourseLesson[]; current: string | null }>('/api/course');
  course.value = lessons;
  return current;
}

export async function begin(): Promise<void> {
  await attempt(async () => {
    await enter();
    const current = await readCourse();
    listen();
    const asked = location.pathname.slice(1);
    const id = course.value.some((each) => each.id === asked) ? asked : (current ?? course.value[0]?.id);
    if (id !== undefined) await openLesson(id);
  });
}

function listen(): void {
  const events = new EventSource('/api/events');
  events.addEventListener('run', () => {
    run.value = emptyRun;
  });
  events.onmessage = ({ data }) => {
    run.value = (JSON.parse(data) as RunEvent[]).reduce(reduce, run.value);
  };
  events.onopen = () => {
    isConnected.value = true;
  };
  events.onerror = () => {
    isConnected.value = false;
  };
  const cluster = new EventSource('/api/cluster');
  cluster.onmessage = ({ data }) => {
    map.value = JSON.parse(data);
  };
}
