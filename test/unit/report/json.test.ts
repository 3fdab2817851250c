import { expect, test } from 'vitest';
import { jsonReporter } from '../../../runner/report/json.ts';
import * as on from './events.ts';

test('an event is a line', () => {
  const report = jsonReporter();
  const events = [on.started, on.failed, on.writerStopped(3), on.runFinished];
  const lines = events.map(report).join('').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(events);
});
