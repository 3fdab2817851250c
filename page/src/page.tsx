// The three columns: the course, the lesson, the cluster.
import { Cluster } from './cluster.tsx';
import { Course } from './course.tsx';
import { Lesson } from './lesson.tsx';
import { isConnected, lesson, opening, refusal } from './store.ts';

export function Page() {
  return (
    <div class="page">
      <Course />
      <main class="lesson">
        {!isConnected.value && (
          <p class="notice" role="status">
            Connecting…
          </p>
        )}
        {refusal.value && (
          <p class="notice refusal" role="alert">
            {refusal.value.message} {refusal.value.hint}
          </p>
        )}
        {opening.value && (
          <p class="notice" role="status">
            Opening {opening.value}: making a clean cluster…
          </p>
        )}
        {lesson.value && <Lesson lesson={lesson.value} />}
      </main>
      <Cluster />
    </div>
  );
}
