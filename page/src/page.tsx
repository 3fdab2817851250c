// The three columns: the course, the lesson, the cluster. A presenter has the lesson, and the cluster if it is asked for.
import { Cluster } from './cluster.tsx';
import { Course } from './course.tsx';
import { Lesson } from './lesson.tsx';
import { PresenterBar } from './presenter-bar.tsx';
import { isPresenting, noteStep, showsCluster } from './presenting.ts';
import { Standing } from './standing.tsx';
import { lesson, openLesson, watched } from './store.ts';

export function Page() {
  const presenting = showsCluster.value ? 'page presenting with-cluster' : 'page presenting';
  return (
    <div class={isPresenting.value ? presenting : 'page'}>
      <Course />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link that has the focus is clicked by Enter */}
      <main
        class="lesson"
        tabIndex={-1}
        onClick={followLink}
        onScroll={isPresenting.value ? noteStep : undefined}
      >
        <Standing />
        {lesson.value && <Lesson key={lesson.value.id} lesson={lesson.value} />}
      </main>
      <Cluster />
      <PresenterBar />
    </div>
  );
}

/** Links between lessons open them here. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-lesson]') : null;
  if (link === null || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (watched.value !== undefined) return; // where the run goes is decided at its terminal
  void openLesson(link.dataset.lesson!);
}
