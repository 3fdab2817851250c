// For people: every student with the exercises that are not passed, then the class.
import { printable } from '../../report/style.ts';
import { type ClassReport, nameOf, oneLine, scoreOf } from './class-report.ts';

export function text({ students, similar }: ClassReport): string {
  const lines = students.flatMap((grade) => [
    `${grade.student}  ${scoreOf(grade)}`,
    ...grade.exercises
      .filter(({ status }) => status !== 'passed')
      .map(
        (exercise) =>
          `  ${signs[exercise.status]} ${nameOf(exercise)}  ${scoreOf(exercise)}  ${oneLine(exercise.reason)}`,
      ),
  ]);
  return printable(`${[...lines, ...classLines(students), ...similarLines(similar)].join('\n')}\n`);
}

const signs = { passed: '✓', failed: '✗', missing: '-' } as const;

/** How many have passed each exercise. */
function classLines(students: ClassReport['students']): readonly string[] {
  if (students.length < 2) return [];
  const exercises = students[0]!.exercises.map((exercise, at) => {
    const passed = students.filter(({ exercises: own }) => own[at]!.status === 'passed').length;
    return `  ${nameOf(exercise)}  passed by ${passed} of ${students.length}`;
  });
  return ['', `the class: ${students.length} students`, ...exercises];
}

function similarLines(similar: ClassReport['similar']): readonly string[] {
  if (similar === undefined) return [];
  if (similar.length === 0) return ['', 'no two answers are equal'];
  return [
    '',
    'equal answers, which students may have come to by themselves:',
    ...similar.map(
      ({ students: [a, b], isSolution, ...where }) =>
        `  ${nameOf(where)}  ${a}, ${b}${isSolution ? '  (a solution of the lesson)' : ''}`,
    ),
  ];
}
