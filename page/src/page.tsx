// The three columns: the course, the lesson, the cluster.
import { Cluster } from './cluster.tsx';
import { Course } from './course.tsx';
import { Lesson } from './lesson.tsx';
import { cancel, isConnected, lesson, opening, openLesson, refusal, run } from './store.ts';

export function Page() {
  return (
    <div class="page">
      <Course />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link that has the focus is clicked by Enter */}
      <main class="lesson" onClick={followLink}>
        <Standing />
        {lesson.value && <Lesson key={lesson.value.id} lesson={lesson.value} />}
      </main>
      <Cluster />
    </div>
  );
}

/** What keeps the learner from working right now. */
function Standing() {
  const { status = 'running', restoring } = run.value.lessons.at(-1) ?? {};
  return (
    <div class="standing" aria-live="polite">
      {!isConnected.value && <p class="notice">Connecting…</p>}
      {refusal.value && (
        <p class="notice refusal" role="alert">
          {refusal.value.message} {refusal.value.hint}
        </p>
      )}
      {opening.value && <p class="notice">Opening {opening.value}: making a clean cluster…</p>}
      {restoring && (
        <p class="notice">
          Bringing the cluster into the state in which the cell starts: {restoring.done} of {restoring.total}{' '}
          cells have run again.{' '}
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        </p>
      )}
      {status !== 'running' && lesson.value && opening.value === undefined && (
        <p class="notice refusal">
          {status === 'lost' ? 'The cluster was lost.' : 'The lesson has ended.'}{' '}
          <button type="button" onClick={() => openLesson(lesson.value!.id)}>
            Open it again
          </button>
        </p>
      )}
    </div>
  );
}

/** Links between lessons open them here. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-lesson]') : null;
  if (link === null || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  void openLesson(link.dataset.lesson!);
}
