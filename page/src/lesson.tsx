// The lesson in the middle: prose and cells.
import { useSignal } from '@preact/signals';
import { Fragment } from 'preact';
import type { PagePart, PageStep } from '../../runner/page/document.ts';
import { Cell } from './cell.tsx';
import { togglePresenting } from './presenting.ts';
import { ScratchCells } from './scratch-cells.tsx';
import { blocks, course, isBusy, isThrough, type OpenLesson, openLesson, runAll, watched } from './store.ts';

export function Lesson({ lesson }: { readonly lesson: OpenLesson }) {
  return (
    <article>
      <header>
        <h1>{lesson.title}</h1>
        {watched.value !== undefined && (
          <p class="notice">
            You are watching <code>{watched.value}</code>, which runs in a terminal. Nothing can be run or
            changed on this page.
          </p>
        )}
        <p class="buttons">
          {watched.value === undefined && (
            <button type="button" disabled={isBusy.value} onClick={runAll} title="Up to the next exercise">
              Run all
            </button>
          )}
          <button
            type="button"
            onClick={togglePresenting}
            title="The lesson alone, in large type, moved by keys: P"
          >
            Present
          </button>
        </p>
        <Prose html={lesson.intro} />
      </header>
      {lesson.steps.map((step) => (
        <section key={step.id} id={step.id} aria-label={step.title}>
          <h2>{step.title}</h2>
          <Step step={step} lesson={lesson} />
        </section>
      ))}
      {watched.value === undefined && <Next of={lesson.id} />}
    </article>
  );
}

function Next({ of: id }: { readonly of: string }) {
  const next = course.value[course.value.findIndex((each) => each.id === id) + 1];
  return (
    <footer class="next">
      {isThrough.value && <p>You have gone through this lesson.</p>}
      {next && (
        <button type="button" class={isThrough.value ? 'main' : ''} onClick={() => openLesson(next.id)}>
          Next lesson: {next.title}
        </button>
      )}
    </footer>
  );
}

interface StepProps {
  readonly step: PageStep;
  readonly lesson: OpenLesson;
}

/** What the author says after an exercise often gives it away: it is read when that is solved, or asked for. */
function Step({ step, lesson }: StepProps) {
  const isAskedFor = useSignal(false);
  const exercise = step.parts.findIndex((part) => part.kind !== 'prose' && part.hints !== undefined);
  const isOpen = isAskedFor.value || isSolved(step.parts[exercise], lesson);
  const held = isOpen ? [] : step.parts.slice(exercise + 1).filter(({ kind }) => kind === 'prose');
  return (
    <>
      {step.parts.map((part, at) =>
        part.kind !== 'prose' ? (
          <Fragment key={part.id}>
            <Cell cell={part} skip={lesson.skips[part.id]} />
            {watched.value === undefined && <ScratchCells after={part.id} />}
          </Fragment>
        ) : (
          !held.includes(part) && <Prose key={`prose ${at}`} html={part.html} />
        ),
      )}
      {held.length > 0 && (
        <p class="quiet">
          The text goes on when the exercise is solved.{' '}
          <button type="button" onClick={() => (isAskedFor.value = true)}>
            Read it now
          </button>
        </p>
      )}
    </>
  );
}

function isSolved(part: PagePart | undefined, { own, skips }: OpenLesson): boolean {
  if (part === undefined || part.kind === 'prose' || skips[part.id] !== undefined) return true;
  const status = blocks.value.get(part.id)?.status;
  return status === 'passed' || status === 'skipped' || own[part.id]?.isSolved === true;
}

/** The server makes it, without any markup of the author's. */
function Prose({ html }: { readonly html: string }) {
  return <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}
