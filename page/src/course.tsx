// The course on the left: its lessons, and the steps of the one that is open, each with how it stands.
import { useEffect } from 'preact/hooks';
import { blocks, course, lesson, openLesson, watched } from './store.ts';

const marks: Readonly<Record<string, readonly [mark: string, words: string]>> = {
  passed: ['✓', 'done'],
  helped: ['~', 'done, after a look at a solution'],
  skipped: ['–', 'some of it was skipped'],
  begun: ['…', 'begun'],
};

export function Course() {
  const id = lesson.value?.id;
  useEffect(
    () => document.querySelector('.course [aria-current]')?.scrollIntoView({ block: 'nearest' }),
    [id],
  );
  return (
    <nav class="course" aria-label="Course">
      <h1>lesson</h1>
      <ol>
        {course.value.map(({ id, title, status = '', minutes }) => {
          const [mark, words] = marks[status] ?? ['', ''];
          const isOpen = lesson.value?.id === id;
          return (
            <li key={id}>
              <button
                type="button"
                aria-current={isOpen ? 'page' : undefined}
                title={words}
                disabled={watched.value !== undefined}
                onClick={() => openLesson(id)}
              >
                <span class="mark">
                  {words && (
                    <span role="img" aria-label={words}>
                      {mark}
                    </span>
                  )}
                </span>
                <span>{title}</span>
                <small>
                  {[numberOf(id), minutes !== undefined && `${minutes} min`].filter(Boolean).join(' · ')}
                </small>
              </button>
              {isOpen && <Steps />}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The texts of lessons name others by it. */
const numberOf = (id: string): string => /^\d+/.exec(id)?.[0] ?? '';

function Steps() {
  return (
    <ol class="steps">
      {lesson.value?.steps.map(({ id, title, parts }) => {
        const statuses = parts.flatMap((part) =>
          part.kind === 'prose' || lesson.value?.skips[part.id] ? [] : [blocks.value.get(part.id)?.status],
        );
        const isDone = statuses.length > 0 && statuses.every((status) => status === 'passed');
        return (
          <li key={id}>
            <a href={`#${id}`} onClick={(event) => goTo(event, id)}>
              {title}
            </a>
            {isDone && ' ✓'}
          </li>
        );
      })}
    </ol>
  );
}

/** Without a fragment in the address: that is where the token comes. */
function goTo(event: Event, step: string): void {
  event.preventDefault();
  document.getElementById(step)?.scrollIntoView();
}
