// The learner's work at one exercise: statements, the file of the answer, and what is noted of them.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { splitSql } from '../lesson/sql.ts';
import type { Use } from '../prompt/client.ts';
import { highlight } from '../report/highlight.ts';
import { onlyReads } from '../session/blocks/traces.ts';
import type { Request } from '../session/operation.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn } from '../session/walk.ts';
import type { AnswerFile } from '../store/answer-files.ts';
import { authorWord } from './author-word.ts';
import type { Desk } from './desk.ts';
import { exerciseKeys } from './exercise-keys.ts';
import { inTerminal } from './in-terminal.ts';

/** `ended`: the lesson has ended, such as by a cluster that was lost. */
export type Verdict = 'open' | 'solved' | 'ended';

export interface Work {
  readonly answer: AnswerFile;
  /** One statement, on what is there. */
  readonly run: (text: string, use: Use) => Promise<Verdict>;
  /** A whole answer, from where the exercise begins. */
  readonly tryAll: (text: string, use: Use) => Promise<Verdict>;
  /** Looks at the checks, whoever has changed what they look at. */
  readonly check: (use: Use) => Promise<Verdict>;
  /** Whether the cluster is as it was when the exercise began. */
  readonly restore: (use: Use) => Promise<boolean>;
  /** What was typed, else the file of the answer, else what the exercise gives. */
  readonly draft: () => Promise<string>;
  /** Calls back when the file of the answer was saved; returns what ends that. */
  readonly watch: (saved: (text: string) => void) => () => void;
  /** Writes what was typed into the file of the answer. */
  readonly keep: () => Promise<void>;
}

export function openWork(exercise: PlannedBlock, session: Session, desk: Desk): Work {
  const { invocation, notes, style } = desk;
  const { stdout } = invocation;
  const answer = desk.answerTo(exercise);
  const isSql = exercise.block.kind === 'sql';
  /** What stands in no file yet. */
  let hasTyped = false;
  const state = () => session.state.blocks[exercise.index]!;
  const texts = () => state().work?.texts ?? [];

  const request = async (wanted: Request, signal: AbortSignal): Promise<void> => {
    const cancel = () => void session.request({ do: 'cancel' }).catch(() => {});
    signal.addEventListener('abort', cancel, { once: true });
    await session.request(wanted).finally(() => signal.removeEventListener('abort', cancel));
  };

  const look = async (text: string, { signal }: Use): Promise<Verdict> => {
    if (!(await canGoOn(session))) return 'ended';
    await request({ do: 'work', text }, signal);
    if (!(await canGoOn(session))) return 'ended';
    if (state().status !== 'passed') {
      if (text !== '' && !(isSql && onlyReads(text))) await showMistake(text);
      return 'open';
    }
    await notes.change(exercise.id, { status: 'solved' });
    showSolution();
    return 'solved';
  };

  const runOne = async (text: string, use: Use): Promise<Verdict> => {
    const { attempts } = notes.exercise(exercise.id);
    await notes.change(exercise.id, { attempts: attempts + 1 });
    const verdict = await look(text, use);
    if (verdict === 'open') stdout.write(`${style('dim', exerciseKeys)}\n\n`);
    return verdict;
  };

  /** What the author says of this very mistake: of the last statement alone, or with what ran before. */
  const showMistake = async (last: string) => {
    const before = isSql ? texts().filter((text) => !onlyReads(text)) : texts();
    const all = before.at(-1) === last ? before : [...before, last];
    const mistake = await authorWord(exercise.block.exercise!, {
      answers: [all.join('\n'), last],
      failed: desk.failed(),
      recorded: desk.mistakes,
    });
    if (mistake === undefined) return;
    stdout.write(`${style('yellow', inTerminal(mistake, desk))}\n\n`);
  };

  /** The author's solution beside the learner's own. */
  const showSolution = () => {
    const [solution] = exercise.block.exercise!.solutions;
    if (solution === undefined || notes.exercise(exercise.id).sawSolution) return;
    if (squeeze(solution.text) === squeeze(texts().join('\n'))) return;
    stdout.write(`One solution, to compare with yours:\n\n${highlight(solution.text.trimEnd(), style)}\n\n`);
  };

  const restore: Work['restore'] = async ({ signal }) => {
    if (!(await canGoOn(session))) return false;
    await request({ do: 'restore', block: exercise.id }, signal);
    return (await canGoOn(session)) && state().status === 'pending';
  };

  return {
    answer,
    run(text, use) {
      hasTyped = true;
      return runOne(text, use);
    },
    async tryAll(text, use) {
      hasTyped = false;
      if (!(await restore(use))) return (await canGoOn(session)) ? 'open' : 'ended';
      for (const statement of isSql ? await statementsOf(text) : [text]) {
        if (use.signal.aborted) break;
        const done = texts().length;
        const verdict = await runOne(statement, use);
        if (verdict !== 'open') return verdict;
        if (texts().length === done) break; // it failed: what stands after it relies on it
      }
      return 'open';
    },
    async check(use) {
      // Somebody may have changed the cluster by other means; nothing tells who has.
      await session.request({ do: 'disturb' });
      return look('', use);
    },
    async restore(use) {
      if (await canGoOn(session)) await session.request({ do: 'disturb' });
      return restore(use);
    },
    async draft() {
      const typed = hasTyped ? texts().join('\n') : '';
      return typed || ((await answer.read()) ?? exercise.text);
    },
    watch(saved) {
      let seen = 0;
      const dir = path.dirname(answer.file);
      const note = async () => {
        const { mtimeMs } = await stat(answer.file);
        const text = (await answer.read()) ?? '';
        if (mtimeMs === seen || text.trim() === '' || text === answer.kept()) return;
        seen = mtimeMs;
        saved(text);
      };
      const watcher = mkdir(dir, { recursive: true })
        // Editors save by another file that takes the place of this one.
        .then(() => watchFiles(dir, { ignoreInitial: true, depth: 0 }))
        .then((files) => files.on('all', () => void note().catch(() => {})).on('error', () => {}))
        .catch(() => undefined); // without a file to watch, there is the prompt
      return () => void watcher.then((files) => files?.close());
    },
    async keep() {
      const text = texts().join('\n');
      if (!hasTyped || text === '') return;
      try {
        await answer.keep(`${text}\n`);
        if (state().status !== 'passed')
          stdout.write(`${style('dim', 'Your statements are kept: \\e brings them back.')}\n`);
      } catch (error) {
        stdout.write(`Your answer could not be written to ${answer.file}: ${(error as Error).message}\n`);
      }
    },
  };
}

/** A text that is no SQL runs as it is: the server says why. */
async function statementsOf(text: string): Promise<readonly string[]> {
  const statements = await splitSql(text).catch(() => undefined);
  return statements?.map(({ text: sql }) => sql) ?? [text];
}

const squeeze = (sql: string) =>
  sql
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .replaceAll(' ;', ';')
    .replace(/[\s;]+$/, '')
    .trim();
