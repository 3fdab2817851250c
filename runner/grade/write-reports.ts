// Where reports go: the terminal, a file, or with `{student}` in its name a file for each student.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { unknownWord } from '../lesson/nearest.ts';
import type { ClassReport } from './report/class-report.ts';
import { csv } from './report/csv.ts';
import { github } from './report/github.ts';
import { gradescope } from './report/gradescope.ts';
import { json } from './report/json.ts';
import { junit } from './report/junit.ts';
import { markdown } from './report/markdown.ts';
import { text } from './report/text.ts';
import type { StudentGrade } from './score.ts';

export interface ReportSpec {
  readonly format: FormatName;
  /** Absent where it goes to the terminal. */
  readonly file?: string;
}

/** These are about one student. */
const ofOne = { github, gradescope } as const;
const ofClass = { text, json, junit, markdown, csv } as const;

type FormatName = keyof typeof ofOne | keyof typeof ofClass;
export const formatNames = [...Object.keys(ofClass), ...Object.keys(ofOne)] as FormatName[];

const student = '{student}';

/** `text`, `csv=grades.csv`, `gradescope=out/{student}.json`. */
export function readReportSpec(spec: string): ReportSpec {
  const [name = '', ...rest] = spec.split('=');
  const format = formatNames.find((each) => each === name);
  if (format === undefined) throw new UserError(unknownWord('format', name, formatNames), { code: 'usage' });
  const file = rest.join('=');
  return { format, ...(file !== '' && { file }) };
}

export async function writeReports(
  specs: readonly ReportSpec[],
  report: ClassReport,
  { cwd, stdout }: Pick<Invocation, 'cwd' | 'stdout'>,
): Promise<void> {
  for (const { format, file } of specs) {
    if (file === undefined) stdout.write(render(format, report));
    else if (!file.includes(student)) await write(path.resolve(cwd, file), render(format, report));
    else {
      for (const each of report.students) {
        const own = file.replaceAll(student, safeName(each.student));
        await write(path.resolve(cwd, own), render(format, { ...report, students: [each] }));
      }
    }
  }
}

function render(format: FormatName, report: ClassReport): string {
  if (format !== 'github' && format !== 'gradescope') return ofClass[format](report);
  const [only, ...others] = report.students;
  if (only === undefined || others.length > 0) {
    throw new UserError(`"${format}" is a report of one student, and there are ${report.students.length}`, {
      code: 'usage',
      hint: `Write one for each: --reporter '${format}=out/${student}.json'`,
    });
  }
  return ofOne[format](only satisfies StudentGrade);
}

/** The name of a student is that of a folder, but in a zip it may be anything. */
const safeName = (name: string): string => name.replace(/[^\p{L}\p{N}._@+-]/gu, '_').replace(/^\.+/, '_');

async function write(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
}
