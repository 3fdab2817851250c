import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What is started last decides when all is over. On a clean clone Vitest knows no times, and goes by size. */
const longest = [
  'cluster/local/standby',
  'conformance/conformance',
  'cluster/local/nodes',
  'engine/copies',
  'cli/run',
  'cluster/local/heal',
  'engine/moves',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
      return found === -1 ? longest.length : found;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
