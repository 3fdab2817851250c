// The learner at a terminal: a client of a session that shows one block after another and does what a key says.
import { withCommand } from '../command-name.ts';
import { UserError } from '../errors.ts';
import type { LessonStatus } from '../session/events.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn, endOf } from '../session/walk.ts';
import type { LessonStanding } from '../store/progress.ts';
import type { Desk, RequestOf } from './desk.ts';
import { workAt } from './exercise.ts';
import { whileCancelable } from './keys.ts';
import { openChanges } from './show-map.ts';
import { standAt } from './stand.ts';
import { startFrom } from './start-from.ts';

export async function learn(session: Session, desk: Desk): Promise<LessonStatus> {
  const request = requester(session, desk);
  let hasLeft = false;
  /** Something of the lesson was not gone through: a lesson without exercises is not passed then. */
  let isPartial = desk.only === 'exercises' || desk.from !== undefined;
  await begin(session, desk, request);
  const showChanges = openChanges(desk, session);
  while (await canGoOn(session)) {
    const block = session.state.reached;
    if (block === undefined || session.state.blocks[block.index]!.status === 'passed') {
      if (block && session.state.plan.blocks[block.index + 1]?.step !== block.step) await showChanges();
      await toNext(session, desk, request);
      continue;
    }
    await desk.notes.reached(block.id);
    const move = block.block.exercise
      ? await workAt(block, session, desk, request)
      : await standAt(block, session, desk, request);
    if (!(await canGoOn(session))) break;
    switch (move.do) {
      case 'next':
        break;
      case 'skip':
        isPartial = true;
        await request({ do: 'skip' });
        await toNext(session, desk, request, { afterSkip: true });
        break;
      case 'go':
        isPartial ||= session.state.plan.byId.get(move.block)!.index > block.index;
        await request({ do: 'restore', block: move.block });
        break;
      case 'leave':
        hasLeft = true;
        await request({ do: 'leave' });
        break;
    }
  }
  const status = endOf(session.state);
  const isThrough = status === 'passed' || status === 'partial' || (status === 'left' && !hasLeft);
  if (isThrough) await sayStanding(await desk.notes.finish(session.state.plan, { isPartial }), desk);
  return status;
}

const standings: Readonly<Record<LessonStanding, string>> = {
  passed: 'You have done this lesson.',
  helped: 'You have done this lesson, with a look at a solution.',
  skipped:
    'This lesson is not done yet: some of it was skipped. "lesson run ID --exercises" shows what is left.',
  unattended: '',
};

async function sayStanding(standing: LessonStanding, { invocation, style }: Desk): Promise<void> {
  const text = withCommand(standings[standing], invocation.command);
  invocation.stdout.write(`${style('bold', text)}\n\n`);
}

/** Ctrl-C cancels what a request runs. One that comes too late is none. */
function requester(session: Session, { invocation }: Desk): RequestOf {
  const cancel = () => void session.request({ do: 'cancel' }).catch(() => {});
  return async (request) => {
    if (!(await canGoOn(session))) return;
    await whileCancelable(() => session.request(request), cancel, invocation).catch((error) => {
      if (!(error instanceof UserError) || error.code !== 'usage') throw error;
    });
  };
}

/** Where the learner was, where a step was asked for, or at the beginning. */
async function begin(session: Session, desk: Desk, request: RequestOf): Promise<void> {
  const { notes, from, only } = desk;
  const { plan } = session.state;
  const next = only === 'exercises' ? openExercise(session, desk)?.id : (from ?? notes.progress.next);
  const start = startFrom(plan, notes, next);
  if (start.from !== undefined) return request(start);
  if (only !== 'exercises' && notes.progress.next === undefined) await notes.beginAnew();
  await request({ ...start, readsAhead: !desk.isPlain });
}

/** After a skip, what was skipped runs silently: what follows may build on it. */
async function toNext(
  session: Session,
  desk: Desk,
  request: RequestOf,
  { afterSkip = false } = {},
): Promise<void> {
  if (desk.only === 'exercises') {
    const exercise = openExercise(session, desk);
    if (exercise) return request({ do: 'restore', block: exercise.id });
    const last = session.state.plan.blocks.findLast(({ skip }) => skip === undefined);
    const isOpen = () => last !== undefined && session.state.blocks[last.index]!.status === 'pending';
    if (last && isOpen()) {
      await request({ do: 'restore', block: last.id });
      if (session.state.reached === last && isOpen()) await request({ do: 'run', block: last.id });
      return;
    }
  }
  await request({ do: 'next' });
  const { reached } = session.state;
  if (afterSkip && reached && (await canGoOn(session))) await request({ do: 'restore', block: reached.id });
}

/** The first exercise that is neither solved nor skipped in this session. */
function openExercise({ state }: Session, { notes }: Desk): PlannedBlock | undefined {
  return state.plan.blocks.find(({ id, block, skip, index }) => {
    const { status } = state.blocks[index]!;
    if (block.exercise === undefined || skip !== undefined || status === 'skipped') return false;
    return status !== 'passed' && (state.phase.kind !== 'new' || notes.exercise(id).status !== 'solved');
  });
}
