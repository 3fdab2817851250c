import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ClassReport } from '../../../runner/grade/report/class-report.ts';
import { csv } from '../../../runner/grade/report/csv.ts';
import { github } from '../../../runner/grade/report/github.ts';
import { gradescope } from '../../../runner/grade/report/gradescope.ts';
import { json } from '../../../runner/grade/report/json.ts';
import { junit } from '../../../runner/grade/report/junit.ts';
import { markdown } from '../../../runner/grade/report/markdown.ts';
import { text } from '../../../runner/grade/report/text.ts';
import { readReportSpec, writeReports } from '../../../runner/grade/write-reports.ts';

const exercise = (points: number, reason: string) =>
  ({
    lesson: '01-a',
    exercise: 'count',
    points,
    max: 1,
    status: reason === '' ? 'passed' : 'failed',
    reason,
  }) as const;
const nasty = '=1 <b> & "x", | `y`\n\u0007';
const report: ClassReport = {
  students: [
    { student: 'ann', points: 1, max: 1, exercises: [exercise(1, '')] },
    { student: 'bob', points: 0, max: 1, exercises: [exercise(0, nasty)] },
  ],
  similar: [{ lesson: '01-a', exercise: 'count', students: ['ann', 'bob'], isSolution: false }],
};
const [, bob] = report.students;

test('text has what is not passed, the class, and equal answers', () => {
  expect(text(report).split('\n')).toEqual([
    'ann  1 of 1',
    'bob  0 of 1',
    '  ✗ 01-a/count  0 of 1  =1 <b> & "x", | `y` \\x07',
    '',
    'the class: 2 students',
    '  01-a/count  passed by 1 of 2',
    '',
    'equal answers, which students may have come to by themselves:',
    '  01-a/count  ann, bob',
    '',
  ]);
});

test('JSON has everything', () => {
  expect(JSON.parse(json(report))).toEqual(report);
});

test('CSV quotes, and makes no formula', () => {
  const [head, ann] = csv(report).split('\r\n');
  expect(head).toBe('student,lesson,exercise,points,max,status,reason');
  expect(ann).toBe('ann,01-a,count,1,1,passed,');
  expect(csv(report)).toContain(`bob,01-a,count,0,1,failed,"'=1 <b> & ""x"", | \`y\`\n`);
});

test('JUnit escapes, and counts failures', () => {
  expect(junit(report)).toContain('<testsuite name="bob" tests="1" failures="1">');
  expect(junit(report)).toContain('message="=1 &lt;b&gt; &amp; &quot;x&quot;, | `y`&#10;\uFFFD"');
});

test('markdown has no markup of a student', () => {
  expect(markdown(report)).toContain('| 01-a/count | 0 of 1 | failed | =1 \\<b\\> & "x", \\| \\`y\\` ');
});

test('GitHub Classroom and Gradescope read one student', () => {
  expect(JSON.parse(github(bob!))).toMatchObject({
    version: 1,
    status: 'fail',
    max_score: 1,
    tests: [{ name: '01-a/count', status: 'fail', score: 0, message: nasty }],
  });
  expect(JSON.parse(gradescope(bob!))).toMatchObject({
    score: 0,
    tests: [{ name: '01-a/count', score: 0, max_score: 1, status: 'failed', output: nasty }],
  });
});

test('{student} in the name of a file makes one for each, whatever they are called', async () => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'reports '));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  const students = [bob!, { ...bob!, student: '../../etc/x' }];
  const written: string[] = [];
  const stdout = { write: (chunk: string) => written.push(chunk) } as never;
  const specs = ['gradescope=out/{student}.json', 'csv'].map(readReportSpec);
  await writeReports(specs, { students }, { cwd, stdout });
  expect((await readdir(path.join(cwd, 'out'))).sort()).toEqual(['__.._etc_x.json', 'bob.json']);
  expect(await readFile(path.join(cwd, 'out/bob.json'), 'utf8')).toBe(gradescope(bob!));
  expect(written.join('')).toContain('bob,01-a');
  await expect(writeReports([readReportSpec('github')], { students }, { cwd, stdout })).rejects.toThrow(
    '"github" is a report of one student',
  );
});

test('a misspelled format is answered with the right one', () => {
  expect(() => readReportSpec('jsn')).toThrow('did you mean "json"');
});
