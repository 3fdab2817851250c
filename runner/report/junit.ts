// JUnit XML, as build servers read it: a suite a lesson, a case a step and an answer of an exercise.
import { describeEngine } from '../cluster/engine.ts';
import type { Place } from '../lesson/types.ts';
import { describeScore, isEnough } from '../mutation/score.ts';
import type { LessonEvent, LessonStatus, Outcome } from '../session/events.ts';
import { describeRan } from './lesson-lines.ts';
import { describeFailure } from './outcome.ts';
import type { DocumentReporter } from './reporter.ts';
import { plain } from './style.ts';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  seconds: number;
  readonly failures: string[];
  readonly skipped: string[];
}

interface Suite {
  readonly name: string;
  readonly engine: string;
  readonly cases: Case[];
  /** Absent where the lesson has not ended: whoever reads that now reads of a run that was killed. */
  status?: LessonStatus;
  ran?: string;
  seconds: number;
}

export function junitReporter(): DocumentReporter {
  const suites: Suite[] = [];
  const suite = () => suites.at(-1)!;
  let step: Case | undefined;
  const open = (name: string, place: Place): Case => {
    const made: Case = { name, ...place, seconds: 0, failures: [], skipped: [] };
    suite().cases.push(made);
    return made;
  };

  const note = (event: LessonEvent) => {
    switch (event.type) {
      case 'lesson-started': {
        const { lesson: name, cluster } = event;
        suites.push({ name, engine: describeEngine(cluster.engine), cases: [], seconds: 0 });
        return true;
      }
      case 'step-started':
        step = open(event.title, event.place);
        return false;
      case 'block-finished':
        if (event.reason !== undefined) step?.skipped.push(event.reason);
        step?.failures.push(...failuresOf(event.outcomes));
        return false;
      case 'restore-failed':
        step?.failures.push(...failuresOf(event.outcomes));
        return false;
      case 'step-finished':
        if (step) step.seconds = event.ms / 1_000;
        return true;
      case 'answer-tried': {
        const { answer, place, should, after } = event;
        const wrong = after ? ` after the wrong answer at line ${after.line}` : '';
        const tried = open(`${event.step}: ${answer} at line ${place.line} must ${should}${wrong}`, place);
        tried.seconds = event.ms / 1_000;
        if (!event.passed) tried.failures.push(event.seen);
        return true;
      }
      case 'mutations-tried': {
        const tried = open('changes behind the back of the lesson', event.place);
        tried.seconds = event.ms / 1_000;
        if (!isEnough(event)) tried.failures.push(describeMutations(event));
        return true;
      }
      case 'lesson-finished':
        suite().seconds = event.ms / 1_000;
        suite().status = event.status;
        suite().ran = describeRan(event);
        return true;
      case 'run-started':
      case 'cluster-reset':
      case 'restoring':
      case 'restored':
      case 'prose':
      case 'block-reached':
      case 'block-started':
      case 'notice':
      case 'statement-finished':
      case 'statement-failed':
      case 'shell-output':
      case 'writer-stopped':
      case 'exercise-checked':
      case 'run-finished':
        return false;
    }
  };
  return { note, text: () => write(suites.map(close)) };
}

/** A lesson that ended before its end shows it, even where no expectation failed. */
function close(suite: Suite): Suite {
  const { cases, name, status, ran } = suite;
  const last: Case = { name, file: '', line: 0, seconds: 0, failures: [], skipped: [] };
  if (status === 'skipped') return { ...suite, cases: [...cases, { ...last, skipped: ['none of it ran'] }] };
  if (status === 'partial') {
    const skipped = [`passed in part: ${ran}`];
    return { ...suite, cases: [...cases, { ...last, skipped }] };
  }
  if (status === 'passed' || cases.some(({ failures }) => failures.length > 0)) return suite;
  const failures = [`the lesson did not finish: ${status ?? 'the run was killed'}`];
  return { ...suite, cases: [...cases, { ...last, failures }] };
}

function failuresOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap((outcome) =>
    outcome.status === 'failed' ? [describeFailure(outcome, { style: plain, width: 100 }).join('\n')] : [],
  );
}

function describeMutations(event: Extract<LessonEvent, { type: 'mutations-tried' }>): string {
  const survivors = event.survivors.map(({ place, what }) => `${place.file}:${place.line}: ${what}`);
  return [describeScore(event), ...survivors].join('\n');
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
  const failures = cases.filter((each) => each.failures.length > 0).length;
  const skipped = cases.filter((each) => each.failures.length === 0 && each.skipped.length > 0).length;
  return `tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function writeCase({ name, file, line, seconds, failures, skipped }: Case, suite: string): string {
  const head = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" file="${escapeXml(file)}" line="${line}" time="${seconds.toFixed(3)}"`;
  if (failures.length > 0) {
    const [first = ''] = failures;
    const text = failures.join('\n\n');
    return `${head}>\n      <failure message="${escapeXml(first.split('\n')[0] ?? '')}">${escapeXml(text)}</failure>\n    </testcase>`;
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
