// The last line of CI. argv: the folder with Vitest's reports, and the exit status of all; where no test failed but
// something else did, that counts as one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [, , dir, status] = process.argv;
const reports = readdirSync(dir).map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')));
const sum = (...counts) =>
  reports.flatMap((report) => counts.map((name) => report[name])).reduce((a, b) => a + b, 0);
const failed = Math.max(sum('numFailedTests'), status === '0' ? 0 : 1);
const skipped = sum('numPendingTests', 'numTodoTests');
console.log(`${sum('numPassedTests')} passed, ${failed} failed, ${skipped} skipped`);
