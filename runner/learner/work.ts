// The learner's work at one exercise: statements, the file of the answer, and what is noted of them.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { watch as watchFiles } from 'chokidar';
import { knownMistake } from '../lesson/known-mistake.ts';
import { splitSql } from '../lesson/sql.ts';
import type { Use } from '../prompt/client.ts';
import { highlight } from '../report/highlight.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Session } from '../session/session.ts';
import { canGoOn } from '../session/walk.ts';
import type { AnswerFile } from '../store/answers.ts';
import type { Desk } from './desk.ts';

export type Verdict = 'open' | 'solved' | 'ended';

export interface Work {
  readonly answer: AnswerFile;
  /** What was typed at this exercise, the newest first. */
  readonly history: readonly string[];
  /** One statement, on what is there. An empty one only looks at the checks. */
  readonly run: (text: string, use: Use) => Promise<Verdict>;
  /** A whole answer, where the exercise begins. */
  readonly tryAll: (text: string, use: Use) => Promise<Verdict>;
  readonly restore: () => Promise<void>;
  /** What ran so far, or what the exercise gives. */
  readonly text: () => string;
  /** Calls back when the file of the answer was saved; returns what ends that. */
  readonly watch: (saved: (text: string) => void) => () => void;
  /** Writes what ran into the file of the answer. */
  readonly keep: () => Promise<void>;
}

export function openWork(exercise: PlannedBlock, session: Session, desk: Desk): Work {
  const { invocation, notes, style } = desk;
  const { stdout } = invocation;
  const answer = desk.answerTo(exercise);
  const history: string[] = [];
  const state = () => session.state.blocks[exercise.index]!;
  const ran = () => state().work?.texts.join('\n') ?? '';

  const run: Work['run'] = async (text, { signal }) => {
    const cancel = () => void session.request({ do: 'cancel' }).catch(() => {});
    signal.addEventListener('abort', cancel, { once: true });
    await session.request({ do: 'work', text }).finally(() => signal.removeEventListener('abort', cancel));
    if (text !== '') {
      history.unshift(text);
      const { attempts } = notes.exercise(exercise.id);
      await notes.change(exercise.id, { attempts: attempts + 1 });
    }
    if (!(await canGoOn(session))) return 'ended';
    if (state().status !== 'passed') {
      await showMistake();
      return 'open';
    }
    await notes.change(exercise.id, { status: 'solved' });
    showSolution();
    return 'solved';
  };

  /** What the author says of this very mistake. */
  const showMistake = async () => {
    const mistake = await knownMistake(exercise.block.exercise!, ran());
    if (mistake === undefined) return;
    const text = renderMarkdown(mistake, { style, width: stdout.columns || 80 });
    stdout.write(`${style('yellow', text)}\n\n`);
  };

  /** The author's solution beside the learner's own. */
  const showSolution = () => {
    const [solution] = exercise.block.exercise!.solutions;
    if (solution === undefined || notes.exercise(exercise.id).sawSolution) return;
    if (squeeze(solution.text) === squeeze(ran())) return;
    stdout.write(`One solution, to compare with yours:\n\n${highlight(solution.text.trimEnd(), style)}\n\n`);
  };

  const restore = async () => {
    await session.request({ do: 'restore', block: exercise.id });
  };

  return {
    answer,
    history,
    run,
    async tryAll(text, use) {
      await restore();
      const statements = exercise.block.kind === 'sql' ? await statementsOf(text) : [text];
      for (const statement of statements) {
        const verdict = await run(statement, use);
        if (verdict !== 'open') return verdict;
        if (use.signal.aborted) return 'open';
      }
      return 'open';
    },
    restore,
    text: () => ran() || exercise.text,
    watch(saved) {
      let last: string | undefined;
      const look = async () => {
        const text = await answer.read();
        if (text === undefined || text.trim() === '' || text === last || text === answer.kept()) return;
        last = text;
        saved(text);
      };
      const dir = path.dirname(answer.file);
      mkdirSync(dir, { recursive: true });
      // Editors save by another file that takes the place of this one.
      const watcher = watchFiles(dir, { ignoreInitial: true, depth: 0 });
      watcher.on('all', () => void look());
      watcher.on('error', () => {});
      return () => void watcher.close();
    },
    async keep() {
      if (ran() !== '') await answer.keep(`${ran()}\n`);
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
