// Gradescope's `results.json`, of one student.
import type { StudentGrade } from '../score.ts';
import { nameOf } from './class-report.ts';

export function gradescope({ points, exercises }: StudentGrade): string {
  const result = {
    score: points,
    tests: exercises.map((exercise) => ({
      name: nameOf(exercise),
      score: exercise.points,
      max_score: exercise.max,
      status: exercise.status === 'passed' ? 'passed' : 'failed',
      output: exercise.reason,
      output_format: 'text',
    })),
  };
  return `${JSON.stringify(result, null, 2)}\n`;
}
