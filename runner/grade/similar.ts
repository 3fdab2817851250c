// Answers of different students that PostgreSQL's parser finds equal: comments, blanks, capitals and quotes do not count.
import { namesInSql } from '../lesson/captures.ts';
import { withCaptures } from '../lesson/parser-with-captures.ts';
import { loadSqlParser } from '../lesson/sql.ts';
import type { Lesson } from '../lesson/types.ts';
import { compare, type Submission } from './submission.ts';

export interface SimilarPair {
  readonly lesson: string;
  readonly exercise: string;
  readonly students: readonly [string, string];
  /** As a solution of the lesson: many may come to it by themselves. */
  readonly isSolution: boolean;
}

/** In order, each pair once. An answer that does not parse, or says nothing, is like no other. */
export async function similarPairs(
  submissions: readonly Submission[],
  lessons: readonly Lesson[],
): Promise<readonly SimilarPair[]> {
  const parser = await loadSqlParser();
  const meaning = (text: string) => {
    const statements = withCaptures(parser, namesInSql(text)).normalize(text) ?? [];
    return statements.length === 0 ? undefined : JSON.stringify(statements);
  };
  const solutions = new Set(
    lessons.flatMap(({ id, steps }) =>
      steps.flatMap((step) =>
        step.parts
          .flatMap((part) => (part.kind === 'prose' ? [] : (part.exercise?.solutions ?? [])))
          .map(({ text }) => JSON.stringify([id, step.id, meaning(text)])),
      ),
    ),
  );
  const alike = new Map<string, Submission[]>();
  for (const submission of submissions) {
    const said = meaning(submission.text);
    if (said === undefined) continue;
    const key = JSON.stringify([submission.lesson, submission.exercise, said]);
    alike.set(key, [...(alike.get(key) ?? []), submission]);
  }
  return [...alike].flatMap(([key, same]) => pairsOf(same, solutions.has(key))).sort(byPlace);
}

function pairsOf(same: readonly Submission[], isSolution: boolean): readonly SimilarPair[] {
  return same.flatMap(({ lesson, exercise, student }, at) =>
    same
      .slice(at + 1)
      .map((other) => ({ lesson, exercise, students: [student, other.student] as const, isSolution })),
  );
}

const byPlace = (a: SimilarPair, b: SimilarPair): number =>
  compare(a.lesson, b.lesson) ||
  compare(a.exercise, b.exercise) ||
  compare(a.students[0], b.students[0]) ||
  compare(a.students[1], b.students[1]);
