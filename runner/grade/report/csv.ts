// RFC 4180. A row an exercise: a spreadsheet sums up the rest.
import type { ClassReport } from './class-report.ts';

const columns = ['student', 'lesson', 'exercise', 'points', 'max', 'status', 'reason'] as const;

export function csv({ students }: ClassReport): string {
  const rows = students.flatMap(({ student, exercises }) =>
    exercises.map((exercise) =>
      columns.map((column) => (column === 'student' ? student : String(exercise[column]))),
    ),
  );
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** A spreadsheet takes what begins with one of these for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
