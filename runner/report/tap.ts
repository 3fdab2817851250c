// TAP 14 (https://testanything.org/tap-version-14-specification.html): a subtest a lesson, its steps and answers below.
import { dump } from 'js-yaml';
import type { LineReporter } from './reporter.ts';
import { type Case, closeSuite, hasFailed, openSuites, type Suite } from './suites.ts';

export function tapReporter(): LineReporter {
  const { all, note } = openSuites();
  let count = 0;
  const point = (test: Case) => {
    count += 1;
    return testPoint(count, test);
  };
  let shown = new Set<Case>();
  const below = (test: Case) => {
    shown.add(test);
    return indent(testPoint(shown.size, test));
  };

  return (event) => {
    if (event.type === 'run-started') return 'TAP version 14\n';
    if (event.type === 'run-finished') return `1..${count}\n`;
    const change = note(event);
    const suite = all.at(-1)!;
    switch (change?.kind) {
      case undefined:
        return '';
      case 'suite-began':
        shown = new Set();
        return `# Subtest: ${escapeText(suite.name)}\n`;
      case 'case-ended':
        // What was tried after the lesson has no place in its subtest, which is closed.
        if (suite.status === undefined) return below(change.ended);
        return point({ ...change.ended, name: `${suite.name}: ${change.ended.name}` });
      case 'suite-ended': {
        const { cases } = closeSuite(suite);
        const rest = cases.filter((each) => !shown.has(each)).map(below);
        return `${rest.join('')}${indent(`1..${cases.length}\n`)}${point(asCase(suite, cases))}`;
      }
    }
  };
}

/** A lesson is a test point of the run: failed where one of its own failed. */
function asCase({ name, place, seconds, status }: Suite, cases: readonly Case[]): Case {
  const failed = cases.filter(hasFailed).length;
  return {
    name,
    place,
    seconds,
    failures: failed === 0 ? [] : [{ place, text: `failed ${failed} of ${cases.length}` }],
    skipped: status === 'skipped' ? ['none of it ran'] : [],
  };
}

function testPoint(number: number, test: Case): string {
  const { name, seconds, failures, skipped } = test;
  const skip = !hasFailed(test) && skipped.length > 0 ? ` # SKIP ${oneLine(skipped.join('; '))}` : '';
  const head = `${hasFailed(test) ? 'not ok' : 'ok'} ${number} - ${escapeText(name)}${skip}\n`;
  const details = {
    duration_ms: Math.round(seconds * 1_000),
    ...(failures.length > 0 && {
      at: { file: failures[0]!.place.file, line: failures[0]!.place.line },
      message: failures.map(({ text }) => text).join('\n\n'),
    }),
  };
  return `${head}${diagnostic(details)}`;
}

const diagnostic = (details: object) =>
  `  ---\n${dump(details, { lineWidth: -1 }).replace(/^/gm, '  ').trimEnd()}\n  ...\n`;

const indent = (text: string) => text.replace(/^(?=.)/gm, '    ');

const oneLine = (text: string) => text.replace(/\s+/g, ' ');

/** A `#` would begin a directive. */
const escapeText = (text: string) => oneLine(text).replace(/[\\#]/g, '\\$&');
