// Cells of the learner's own: SQL on the coordinator in a session of their own, beside the lesson. Nothing is checked.
import type { Cluster } from '../cluster/port.ts';
import { type Captured, fillSql } from '../lesson/captures.ts';
import { openConnections } from '../session/blocks/connections.ts';
import { runSql } from '../session/blocks/sql-block.ts';
import { onlyReads } from '../session/blocks/traces.ts';
import { type Output, outputOf } from '../session/view.ts';

export interface Scratch {
  /** @returns What it printed. */
  run(text: string, signal: AbortSignal): Promise<ScratchRun>;
  /** Whatever runs is ended. */
  close(): Promise<void>;
}

export interface ScratchRun {
  readonly status: 'passed' | 'failed' | 'cancelled';
  readonly output: readonly Output[];
  /** Whether the cluster may be another than before. */
  readonly changed: boolean;
}

const timeoutMs = 600_000;

/** @param captured What the blocks of the lesson have captured by now. */
export function openScratch(cluster: Cluster, shownRows: number, captured: () => Captured): Scratch {
  const connections = openConnections(cluster);
  const ending = new AbortController();
  return {
    async run(text, signal) {
      const output: Output[] = [];
      const { connection } = await connections.open('coordinator');
      const sql = fillSql(text, captured());
      const { trouble, statements } = await runSql({ place: { file: 'scratch', line: 0 }, timeoutMs }, sql, {
        connection,
        expected: [],
        errorExpected: false,
        shownRows,
        emit(event) {
          const one = outputOf(event);
          if (one) output.push(one);
        },
        signal: AbortSignal.any([signal, ending.signal]),
      });
      const status = trouble === undefined ? 'passed' : signal.aborted ? 'cancelled' : 'failed';
      return { status, output, changed: !statements.every(({ text: each }) => onlyReads(each)) };
    },
    async close() {
      ending.abort();
      await connections.closeAll();
    },
  };
}
