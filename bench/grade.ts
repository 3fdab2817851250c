// `lesson grade` of a class of two hundred answers: of whom 120 try what lessons know, 40 cheat, and 40 are hostile. Twice:
// the points must be the same.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exists } from '../runner/system/files.ts';
import { readCheats } from '../test/cheats/read-cheats.ts';
import { attacks } from '../test/cluster/grade/attacks.ts';
import { type Answer, courseAnswers, gradedExercises, isGraded } from '../test/support/graded-exercises.ts';
import { lesson, type Measure } from './measure.ts';

const cheatsDir = fileURLToPath(new URL('../test/cheats', import.meta.url));

export const grade: Measure = async (dir, env) => {
  const mark = path.join(dir, 'mark');
  const honest = [...spread(await courseAnswers(), 120), ...spread(await cheats(), 40)];
  const answers = [...honest, ...spread(hostile(mark), 40)];
  const honestClass = path.join(dir, 'honest');
  const wholeClass = path.join(dir, 'whole');
  await handIn(honestClass, honest);
  await handIn(wholeClass, answers);
  const graded = (folder: string) =>
    lesson(['grade', folder, '--json', '--again', '--trust', '--timeout', '3s'], env);
  const quick = await graded(honestClass);
  const first = await graded(wholeClass);
  const second = await graded(wholeClass);
  const [points, again] = [pointsIn(first.stdout), pointsIn(second.stdout)];
  // The reasons may be others: whom an answer that ends sessions meets first is not decided.
  const other = [...points.keys()].find((student) => points.get(student) !== again.get(student));
  if (other !== undefined)
    throw new Error(`${other} has ${points.get(other)} points, then ${again.get(other)}`);
  const bad = answers.flatMap(({ isWrong, text }, number) =>
    isWrong === (points.get(studentOf(number)) === 0) ? [] : [text],
  );
  if (bad.length > 0) throw new Error(`these have the wrong points:\n${bad.join('\n\n')}`);
  if (await exists(mark)) throw new Error('a hostile answer wrote a file');
  const forHundred = (ms: number, count: number) => `${(ms / 10 / count).toFixed(0)} s`;
  return [
    {
      what: '`lesson grade`, for each 100 of 160 answers, 40 of them cheats',
      measured: forHundred(quick.ms, honest.length),
      target: '≤ 60 s',
    },
    {
      what: 'with 40 more that are hostile, of which many run into their limit of 3 s',
      measured: `${forHundred(first.ms, answers.length)}, once more ${forHundred(second.ms, answers.length)}`,
      target: 'the same points',
    },
  ];
};

const pointsIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    JSON.parse(text).students.map((each: { student: string; points: number }) => [each.student, each.points]),
  );

/** Each by a student of its own. */
async function handIn(folder: string, answers: readonly Answer[]): Promise<void> {
  for (const [number, { lesson, exercise, text }] of answers.entries()) {
    const own = path.join(folder, studentOf(number), lesson);
    await mkdir(own, { recursive: true });
    await writeFile(path.join(own, `${exercise}.sql`), `${text}\n-- ${number}\n`); // none is known from another
  }
}

const studentOf = (number: number) => `student-${String(number).padStart(3, '0')}`;

/** So many of them, from the front again where there are fewer. */
const spread = (answers: readonly Answer[], count: number): readonly Answer[] =>
  Array.from({ length: count }, (_, at) => answers[at % answers.length]!);

async function cheats(): Promise<readonly Answer[]> {
  const all = await Promise.all(
    Object.keys(gradedExercises).map(async (id) =>
      (await readCheats(path.join(cheatsDir, `${id}.md`))).map(({ step, text }) => ({
        lesson: id,
        exercise: step,
        text,
        isWrong: true,
      })),
    ),
  );
  return all.flat().filter(({ lesson, exercise }) => isGraded(lesson, exercise));
}

const hostile = (mark: string): readonly Answer[] =>
  attacks(mark).map(({ sql }) => ({
    lesson: '03-distribution',
    exercise: 'your-turn-find-three-sensors',
    text: sql,
    isWrong: true,
  }));
