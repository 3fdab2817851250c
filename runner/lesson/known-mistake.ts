// What the author of an exercise says of the very answer that a learner gave: the comment at the head of a wrong answer.
import { namesInSql } from './captures.ts';
import { withCaptures } from './parser-with-captures.ts';
import { loadSqlParser, type SqlParser } from './sql.ts';
import type { Answer, Exercise } from './types.ts';

/** The sentence of the wrong answer that means the same as `text`; undefined where the author knows no such answer. */
export async function knownMistake(exercise: Exercise, text: string): Promise<string | undefined> {
  const parser = withCaptures(await loadSqlParser(), namesInSql(text));
  const given = meaningOf(text, parser);
  const same = exercise.wrongAnswers.find((answer) => meaningOf(answer.text, parser) === given);
  return same && (readMistake(same) || undefined);
}

/** The comment lines with which an answer begins, as one text; empty where there are none. */
export function readMistake({ text }: Answer): string {
  const lines = text.trimStart().split('\n');
  const end = lines.findIndex((line) => !comment.test(line));
  const head = end === -1 ? lines : lines.slice(0, end);
  return head
    .map((line) => line.replace(comment, '').trim())
    .join(' ')
    .trim();
}

/** Of SQL, and of bash. */
const comment = /^\s*(--|#)/;

/** Equal for answers that do the same by the same statements; commands that are not SQL are compared as they are written. */
export function meaningOf(text: string, parser: SqlParser): string {
  const statements = parser.normalize(text);
  if (statements !== undefined) return JSON.stringify(statements);
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  return lines.filter((line) => line !== '' && !comment.test(line)).join('\n');
}
