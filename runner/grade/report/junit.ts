// A suite a student, a case an exercise.
import { type ClassReport, nameOf } from './class-report.ts';

export function junit({ students }: ClassReport): string {
  const suites = students.map(({ student, exercises }) => {
    const failures = exercises.filter(({ status }) => status !== 'passed').length;
    const cases = exercises.map((exercise) => {
      const head = `    <testcase classname="${xml(exercise.lesson)}" name="${xml(nameOf(exercise))}"`;
      if (exercise.status === 'passed') return `${head}/>`;
      return `${head}>\n      <failure message="${xml(exercise.reason)}"/>\n    </testcase>`;
    });
    return [
      `  <testsuite name="${xml(student)}" tests="${exercises.length}" failures="${failures}">`,
      ...cases,
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

/** XML 1.0 has no control characters. */
const xml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
