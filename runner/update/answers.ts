// What the blocks of lessons answered in a run, gathered from its events.
import type { Row } from '../connect/connection.ts';
import type { FailedOutcome, RunEvent } from '../session/events.ts';

export interface ResultAnswer {
  readonly sql: string;
  readonly columns: readonly string[];
  /** The positions of those whose type is one of numbers. */
  readonly numeric?: readonly number[];
  /** The first ones, where there are very many. */
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

export interface BlockAnswer {
  /** Of each statement that returned columns. */
  readonly results: readonly ResultAnswer[];
  readonly output: string;
  /** What did not hold. */
  readonly failed: readonly FailedOutcome[];
  /** Why it did not run. */
  readonly skipped?: string;
}

export interface Answers {
  readonly listen: (event: RunEvent) => void;
  /** @param file As the lesson names it. Undefined for a block that was not reached. */
  readonly of: (file: string, block: string) => BlockAnswer | undefined;
  readonly all: (file: string) => readonly BlockAnswer[];
}

export function gatherAnswers(): Answers {
  /** By the file, then by the id of the block. */
  const answers = new Map<string, Map<string, BlockAnswer>>();
  let results: ResultAnswer[] = [];
  let output = '';
  return {
    listen(event) {
      switch (event.type) {
        case 'block-started':
          results = [];
          output = '';
          break;
        case 'statement-finished':
          if (event.columns.length > 0) results.push(event);
          break;
        case 'shell-output':
          output += event.text;
          break;
        case 'block-finished': {
          const failed = event.outcomes.filter((outcome) => outcome.status === 'failed');
          const skipped = event.status === 'skipped' ? { skipped: event.reason ?? '' } : {};
          const { file } = event.place;
          const ofFile = answers.get(file) ?? new Map<string, BlockAnswer>();
          answers.set(file, ofFile.set(event.block!, { results, output, failed, ...skipped }));
        }
      }
    },
    of: (file, block) => answers.get(file)?.get(block),
    all: (file) => [...(answers.get(file)?.values() ?? [])],
  };
}

/** Whether all that did not hold can be filled in. */
export const isFilled = (answer: BlockAnswer | undefined): boolean =>
  answer?.failed.every(isFillable) ?? false;

/** Whether what did not hold can be written anew: the answer is another one, and there is an answer. */
export const isFillable = ({ title, difference, failure }: FailedOutcome): boolean =>
  difference !== undefined || title === 'output' || (title === 'error' && failure !== undefined);
