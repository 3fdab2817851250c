// JUnit XML, as build servers read it.
import type { DocumentReporter } from './reporter.ts';
import { type Case, closeSuite, hasFailed, openSuites, type Suite } from './suites.ts';

export function junitReporter(): DocumentReporter {
  const { all, note } = openSuites();
  return { note: (event) => note(event) !== undefined, text: () => write(all.map(closeSuite)) };
}

function write(suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  const body = suites.map((suite) => {
    const { name, engine, cases, seconds } = suite;
    return [
      `  <testsuite name="${escapeXml(name)}" ${counts(cases)} time="${seconds.toFixed(3)}">`,
      `    <properties><property name="engine" value="${escapeXml(engine)}"/></properties>`,
      ...cases.map((each) => writeCase(each, name)),
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="lesson" ${counts(all)}>\n${body.join('\n')}\n</testsuites>\n`;
}

function counts(cases: readonly Case[]): string {
  const failures = cases.filter(hasFailed).length;
  const skipped = cases.filter((each) => !hasFailed(each) && each.skipped.length > 0).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function writeCase({ name, place, seconds, failures, skipped }: Case, suite: string): string {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" file="${escapeXml(place.file)}" line="${place.line}" time="${seconds.toFixed(3)}"`;
  if (failures.length > 0) {
    const text = failures.map((failure) => failure.text).join('\n\n');
    return `${head}>\n      <failure message="${escapeXml(text.split('\n')[0] ?? '')}">${escapeXml(text)}</failure>\n    </testcase>`;
  }
  if (skipped.length > 0)
    return `${head}>\n      <skipped message="${escapeXml(skipped.join('; '))}"/>\n    </testcase>`;
  return `${head}/>`;
}

/** XML 1.0 has no place for most control characters. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
  );
}
