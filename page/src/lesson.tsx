// The lesson in the middle: prose and cells.
import { Fragment } from 'preact';
import { Cell } from './cell.tsx';
import { ScratchCells } from './scratch-cells.tsx';
import { isBusy, type OpenLesson, runAll } from './store.ts';

export function Lesson({ lesson }: { readonly lesson: OpenLesson }) {
  return (
    <article>
      <h1>{lesson.title}</h1>
      <p class="buttons">
        <button type="button" disabled={isBusy.value} onClick={runAll} title="Up to the next exercise">
          Run all
        </button>
      </p>
      <Prose html={lesson.intro} />
      {lesson.steps.map((step) => (
        <section key={step.id} id={step.id} aria-label={step.title}>
          <h2>{step.title}</h2>
          {step.parts.map((part, at) =>
            part.kind === 'prose' ? (
              <Prose key={`prose ${at}`} html={part.html} />
            ) : (
              <Fragment key={part.id}>
                <Cell cell={part} skip={lesson.skips[part.id]} />
                <ScratchCells after={part.id} />
              </Fragment>
            ),
          )}
        </section>
      ))}
    </article>
  );
}

/** The server makes it, without any markup of the author's. */
function Prose({ html }: { readonly html: string }) {
  return <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />;
}
