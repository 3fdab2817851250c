// What keeps the learner from working right now, or whoever watches from seeing more.
import { connection } from './connection.ts';
import { cancel, lesson, opening, openLesson, refusal, run, watched } from './store.ts';

export function Standing() {
  const { restoring } = run.value.lessons.at(-1) ?? {};
  return (
    <div class="standing" aria-live="polite">
      <Connection />
      {refusal.value && (
        <p class="notice refusal" role="alert">
          {refusal.value.message} {refusal.value.hint}
        </p>
      )}
      {opening.value && watched.value === undefined && (
        <p class="notice">Opening {opening.value}: preparing the cluster…</p>
      )}
      {restoring && (
        <p class="notice">
          Bringing the cluster into the state in which the cell starts: {restoring.done} of {restoring.total}{' '}
          cells have run again.{' '}
          {watched.value === undefined && (
            <button type="button" onClick={cancel}>
              Cancel
            </button>
          )}
        </p>
      )}
      <End />
    </div>
  );
}

function Connection() {
  const isShown = lesson.value !== undefined;
  switch (connection.value) {
    case 'open':
      return watched.value !== undefined && !isShown ? (
        <p class="notice">Waiting for the lesson to begin…</p>
      ) : null;
    case 'connecting':
      return <p class="notice">Connecting…</p>;
    case 'lost':
      return watched.value === undefined ? (
        <p class="notice refusal">
          “lesson open” does not answer. If it was stopped, start it again and open the address that it
          prints: then this tab continues, too. What you type here is kept until then.
        </p>
      ) : (
        <p class="notice refusal">
          The run has ended, or its program does not answer. This is what it showed last.
        </p>
      );
    case 'refused':
      return (
        <p class="notice refusal">
          {isShown ? 'The program that serves this page was restarted. ' : 'This page opens with a token. '}
          Open the address that was printed last, in this browser. Then this tab continues, too.
        </p>
      );
  }
}

function End() {
  const { status = 'running' } = run.value.lessons.at(-1) ?? {};
  if (status === 'running' || connection.value !== 'open') return null;
  if (lesson.value === undefined || opening.value !== undefined) return null;
  const words = status === 'lost' ? 'The cluster was lost.' : 'The lesson has ended.';
  if (watched.value !== undefined) return <p class="notice">{words}</p>;
  return (
    <p class="notice refusal">
      {words}{' '}
      <button type="button" onClick={() => openLesson(lesson.value!.id)}>
        Open it again
      </button>
    </p>
  );
}
