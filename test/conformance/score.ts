// What a whole run of the cases comes to.
import type { Verdict } from './case.ts';

export interface Score {
  readonly exact: number;
  readonly known: number;
  readonly failed: number;
  readonly statements: number;
}

export function score(verdicts: readonly Verdict[]): Score {
  const count = (wanted: Verdict['verdict']) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return {
    exact: count('exact'),
    known: count('known'),
    failed: count('failed'),
    statements: verdicts.reduce((sum, { statements }) => sum + statements, 0),
  };
}

/** The closing lines: each case that is not exact, then the score. */
export function describeScore(engine: string, verdicts: readonly Verdict[]): string {
  const { exact, known, failed, statements } = score(verdicts);
  const refused = verdicts.filter(
    ({ verdict, why }) => verdict === 'known' && why?.includes('--cluster docker'),
  );
  const percent = ((100 * exact) / Math.max(verdicts.length, 1)).toFixed(1);
  return [
    ...verdicts.filter(({ verdict }) => verdict !== 'exact').map(describeVerdict),
    `Conformance of ${engine}: ${verdicts.length} cases, ${statements} statements.`,
    `${exact} exact (${percent} %), ${known} known differences (${refused.length} refused by name), ${failed} failures.`,
  ].join('\n');
}

export function describeVerdict({ verdict, place, sql, why = '' }: Verdict): string {
  const what = verdict === 'known' ? 'KNOWN' : 'FAILED';
  const statement = sql.replace(/\s+/g, ' ').slice(0, 160);
  return `${what} ${place.file}:${place.line} ${statement}\n${why.replace(/^/gm, '    ')}`;
}
