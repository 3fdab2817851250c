// How an answer fails, as far as another one can be compared with it. Pure.
import type { ResultDifference } from '../lesson/difference.ts';
import type { FailedCheck, Outcome } from './events.ts';

export const failedChecks = (outcomes: readonly Outcome[]): readonly FailedCheck[] =>
  outcomes.flatMap((outcome) => {
    if (outcome.status !== 'failed') return [];
    const { title, actual, difference } = outcome;
    const rows = difference && withoutPorts(wrongRows(difference));
    return [{ title, actual: withoutPorts(actual), ...(rows && { rows }) }];
  });

const mostRows = 10;
const mostCharacters = 500;

function wrongRows({ unexpectedColumns, changed, unexpected }: ResultDifference): string {
  const rows = [...changed.map(({ actual }) => actual), ...unexpected].toSorted((a, b) => a.row - b.row);
  const lines = [unexpectedColumns, ...rows.slice(0, mostRows).map(({ cells }) => cells)];
  return lines
    .filter(({ length }) => length > 0)
    .map((cells) => cells.join(' | '))
    .join('\n')
    .slice(0, mostCharacters);
}

/** Each cluster has its own: `worker-1:25267`. */
const withoutPorts = (text: string): string => text.replaceAll(portOfNode, ':*');
const portOfNode = /(?<=[a-z]-\d+(?:-[a-z0-9-]+)?|coordinator(?:-[a-z0-9-]+)?):\d{4,5}\b/g;
