// The same lessons on several clusters: where one of them did what another did not. Pure.
import type { Place } from '../lesson/types.ts';
import type { LessonEvent } from '../session/events.ts';

type Verdict = 'passed' | 'failed' | 'skipped';

interface Entry {
  readonly place: Place;
  readonly what: string;
  /** By the cluster; where it is tried again and again, failed once is failed. */
  readonly verdicts: Map<string, Verdict>;
}

export interface Comparison {
  /** @param cluster Its place among them. */
  readonly listen: (cluster: number, event: LessonEvent) => void;
  /** Lines for people: where the clusters differ, and how much was compared. */
  readonly describe: () => string;
}

export function compareClusters(clusters: readonly string[]): Comparison {
  const entries = new Map<string, Entry>();
  const note = (cluster: string, what: string, place: Place, verdict: Verdict) => {
    const key = `${place.file}:${place.line} ${what}`;
    const entry = entries.get(key) ?? { place, what, verdicts: new Map() };
    entries.set(key, entry);
    if (entry.verdicts.get(cluster) !== 'failed') entry.verdicts.set(cluster, verdict);
  };
  return {
    listen(at, event) {
      const cluster = clusters[at]!;
      if (event.type === 'block-finished' && event.status !== 'cancelled') {
        note(cluster, 'the block', event.place, event.status);
      } else if (event.type === 'answer-tried') {
        const after = event.after ? ` after the answer in line ${event.after.line}` : '';
        note(cluster, `the ${event.answer}${after}`, event.place, event.passed ? 'passed' : 'failed');
      }
    },
    describe() {
      const compared = [...entries.values()].filter(({ verdicts }) => ran(verdicts).length > 1);
      const differing = compared.filter(
        ({ verdicts }) => new Set(ran(verdicts).map(([, is]) => is)).size > 1,
      );
      const lines = differing.map(({ place, what, verdicts }) => {
        const each = ran(verdicts).map(([cluster, verdict]) => `${verdict} on ${cluster}`);
        return `${place.file}:${place.line}: ${what} ${each.join(', ')}`;
      });
      const alone = entries.size - compared.length;
      const rest = alone === 0 ? '' : `; ${alone} ran on one of them only`;
      const end = `${clusters.join(' and ')} differ in ${differing.length} of ${compared.length} blocks and answers${rest}.`;
      return [...lines, end, ''].join('\n');
    },
  };
}

const ran = (verdicts: Entry['verdicts']) => [...verdicts].filter(([, verdict]) => verdict !== 'skipped');
