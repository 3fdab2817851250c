// The connection to the program that serves the page: what it tells, and the way back when it does not answer any more.
import { signal } from '@preact/signals';
import type { RunEvent } from '../../runner/session/events.ts';
import { emptyRun, reduce } from '../../runner/session/view.ts';
import { follow } from './follow.ts';
import { keepAll } from './keep.ts';
import { enter } from './server.ts';
import { attempt, cluster, course, lesson, opening, openLesson, readCourse, run, watched } from './store.ts';

/** `refused`: the program was restarted, or this browser has never had its token. */
export const connection = signal<'connecting' | 'open' | 'lost' | 'refused'>('connecting');

const againMs = 1_500;

export async function begin(): Promise<void> {
  await enter().catch(() => {}); // an old token with a cookie that is good opens the page
  listen();
}

/**
 * Listens while somebody looks: a tab that is hidden leaves its connection to the others, and catches up later. What it
 * watches may be over by then, so it goes on listening to that.
 */
function listen(): void {
  let heard = '';
  let events: EventSource | undefined;
  let again = 0;
  const open = () => {
    events = new EventSource(`/api/events?after=${heard}`);
    events.addEventListener('run', () => {
      run.value = emptyRun;
    });
    events.onmessage = ({ data, lastEventId }) => {
      heard = lastEventId;
      const told = JSON.parse(data) as RunEvent[];
      follow(told);
      run.value = told.reduce(reduce, run.value);
      const id = run.value.lessons.at(-1)?.id;
      // Another tab has opened it, or the run has come to it. At first `arrive` opens one.
      const isNew = id !== lesson.value?.id && opening.value === undefined;
      if (id !== undefined && isNew && course.value.length > 0) void openLesson(id);
    };
    events.addEventListener('cluster', ({ data }) => {
      cluster.value = JSON.parse(data);
    });
    events.onopen = () => {
      connection.value = 'open';
      void attempt(arrive);
    };
    events.onerror = lose;
  };
  const lose = async () => {
    leave();
    const status = await fetch('/api/course').then(
      (answer) => answer.status,
      () => undefined,
    );
    connection.value = status === 401 ? 'refused' : 'lost';
    again = window.setTimeout(look, againMs);
  };
  const leave = () => {
    clearTimeout(again);
    events?.close();
    events = undefined;
  };
  const look = () => {
    if (document.visibilityState === 'visible') {
      clearTimeout(again);
      if (events === undefined) open();
    } else if (watched.value === undefined) leave();
  };
  document.addEventListener('visibilitychange', look);
  look();
}

/** At first opens the lesson that the address names; later goes on with what is open, or opens it again. */
async function arrive(): Promise<void> {
  const current = await readCourse();
  const asked = course.value.find(({ id }) => id === location.pathname.slice(1))?.id;
  const wanted = lesson.value === undefined ? (asked ?? current) : (current ?? asked);
  const id = watched.value === undefined ? (wanted ?? course.value[0]?.id) : current;
  if (id && (id !== lesson.value?.id || current === null)) await openLesson(id);
  keepAll();
}
