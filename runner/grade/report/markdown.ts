import { type ClassReport, nameOf, oneLine, scoreOf } from './class-report.ts';

export function markdown({ students, similar }: ClassReport): string {
  const table = [
    '| student | points |',
    '|---|---:|',
    ...students.map((grade) => `| ${cell(grade.student)} | ${scoreOf(grade)} |`),
  ];
  const each = students.flatMap(({ student, exercises }) => [
    '',
    `## ${cell(student)}`,
    '',
    '| exercise | points | | |',
    '|---|---:|---|---|',
    ...exercises.map(
      (exercise) =>
        `| ${cell(nameOf(exercise))} | ${scoreOf(exercise)} | ${exercise.status} | ${cell(exercise.reason)} |`,
    ),
  ]);
  const pairs = similar && [
    '',
    '## Equal answers',
    '',
    ...similar.map(
      ({ students: pair, ...where }) => `- ${cell(nameOf(where))}: ${pair.map(cell).join(', ')}`,
    ),
  ];
  return `${['# Grades', '', ...table, ...each, ...(pairs ?? [])].join('\n')}\n`;
}

/** What a student wrote must not become markup. */
const cell = (text: string): string => oneLine(text).replace(/[\\`*_{}[\]<>|#~]/g, '\\$&');
