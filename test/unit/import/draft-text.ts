// A source as the lesson that `lesson import` makes of it, and what lint says of that.
import { draftOf, type Import } from '../../../runner/import/draft.ts';
import { runnableItems } from '../../../runner/import/runnable-items.ts';
import { writeDraft } from '../../../runner/import/write-draft.ts';
import { lintLesson } from '../../../runner/lesson/lint.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { loadSqlParser } from '../../../runner/lesson/sql.ts';

const parser = await loadSqlParser();

export function draftText(found: Import) {
  const { items, left } = runnableItems(found, parser);
  const text = writeDraft(found.title ?? 'Title', found, draftOf(items, 5));
  const lesson = parseLesson('01-a.md', text);
  const errors = lintLesson(lesson, parser).filter(({ level }) => level === 'error');
  return { text, lesson, errors, left: left.map(({ where, why }) => `${where}: ${why}`) };
}
