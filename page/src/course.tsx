import { course, lesson, openLesson } from './store.ts';

const marks: Readonly<Record<string, string>> = { passed: '✓', helped: '~', skipped: '–', begun: '…' };

/** The lessons of the course, with how each stands. */
export function Course() {
  return (
    <nav class="course" aria-label="Course">
      <h1>lesson</h1>
      <ol>
        {course.value.map(({ id, title, status, minutes }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={lesson.value?.id === id ? 'page' : undefined}
              onClick={() => openLesson(id)}
            >
              <span class="mark">{marks[status ?? ''] ?? ''}</span>
              <span>{title}</span>
              {minutes !== undefined && <small>{minutes} min</small>}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
