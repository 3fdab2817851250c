// What GitHub Classroom's autograding reporter reads of one runner: `{version, status, max_score, tests}`.
import type { StudentGrade } from '../score.ts';
import { nameOf } from './class-report.ts';

export function github({ points, max, exercises }: StudentGrade): string {
  const result = {
    version: 1,
    status: points === max ? 'pass' : 'fail',
    max_score: max,
    tests: exercises.map((exercise) => ({
      name: nameOf(exercise),
      status: exercise.status === 'passed' ? 'pass' : 'fail',
      message: exercise.reason === '' ? null : exercise.reason,
      test_code: '',
      filename: '',
      line_no: 0,
      score: exercise.points,
      max_score: exercise.max,
    })),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
