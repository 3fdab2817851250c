// GitHub Actions: a workflow command for each failure, which the code host shows at the line of the lesson, and the summary of
// the job's step.
import path from 'node:path';
import type { LineReporter } from './reporter.ts';
import { milliseconds } from './style.ts';
import { closeSuite, hasFailed, openSuites } from './suites.ts';

/** @param root The folder of the repository; files in annotations are named as from there. */
export function githubReporter({ root, cwd }: { readonly root: string; readonly cwd: string }): LineReporter {
  const { all, note } = openSuites();
  return (event) => {
    const change = note(event);
    if (change?.kind !== 'case-ended' && change?.kind !== 'suite-ended') return '';
    const suite = all.at(-1)!;
    const ended =
      change.kind === 'case-ended' ? [change.ended] : closeSuite(suite).cases.slice(suite.cases.length);
    return ended
      .flatMap(({ name, failures }) =>
        failures.map(({ place, text }) => {
          const file = path.relative(root, path.resolve(cwd, place.file)).replaceAll('\\', '/');
          return errorCommand({ title: `${suite.name}: ${name}`, file, line: place.line }, text);
        }),
      )
      .join('');
  };
}

/** A row for each lesson as it ends; after the table, what failed. Whatever was written of a run reads well. */
export function stepSummary(): LineReporter {
  const { all, note } = openSuites();
  return (event) => {
    if (event.type === 'run-finished') return failures();
    if (note(event)?.kind !== 'suite-ended') return '';
    const suite = all.at(-1)!;
    const { name, cases, status, seconds, engine } = closeSuite(suite);
    const failed = cases.filter(hasFailed).length;
    const mark = failed > 0 ? '❌' : status === 'skipped' || status === 'partial' ? '⏭️' : '✅';
    const row = [`${mark} ${name}`, cases.length, failed, milliseconds(seconds * 1_000), engine];
    return `${all.length === 1 ? tableHead : ''}| ${row.join(' | ')} |\n`;
  };

  function failures(): string {
    const failed = all.flatMap((suite) =>
      closeSuite(suite).cases.flatMap((each) =>
        each.failures.map(({ text }) => ({ name: `${suite.name}: ${each.name}`, text })),
      ),
    );
    return [
      ...failed.map(
        ({ name, text }) =>
          `\n<details><summary>${escapeHtml(name)}</summary>\n\n${fenced(text)}\n\n</details>\n`,
      ),
      '\n',
    ].join('');
  }
}

const tableHead = '\n| lesson | tests | failed | time | engine |\n|---|---|---|---|---|\n';

/** A fence that no line of the text closes. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** As `@actions/core` writes it: https://docs.github.com/actions/reference/workflow-commands-for-github-actions. */
function errorCommand(properties: Readonly<Record<string, string | number>>, message: string): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(`${value}`)}`);
  return `::error ${listed.join(',')}::${escapeData(message)}\n`;
}

const escapeData = (text: string) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');

const escapeProperty = (text: string) => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
