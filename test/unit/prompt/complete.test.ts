import { expect, test } from 'vitest';
import { completeLine } from '../../../runner/prompt/complete.ts';

const names = {
  tables: ['sensor_data', 'select_log'],
  columns: ['sensor_id', 'value'],
  functions: ['now', 'create_distributed_table'],
};
const complete = (line: string) => completeLine(line, names, ['coordinator', 'worker-1', 'worker-2']);

test.each([
  ['SEL', 'SEL', ['SELECT', 'select_log']],
  ['sel', 'sel', ['select', 'select_log']],
  ['SELECT sen', 'sen', ['sensor_data', 'sensor_id']],
  ['SELECT create_', 'create_', ['create_distributed_table']],
  ['SELECT * FROM se', 'se', ['sensor_data', 'select_log']],
  ['SELECT * FROM ', '', ['sensor_data', 'select_log']],
  ['insert into se', 'se', ['sensor_data', 'select_log']],
  ['\\d ', '', ['sensor_data', 'select_log']],
  ['\\dt sens', 'sens', ['sensor_data']],
  ['\\c ', '', ['coordinator', 'worker-1', 'worker-2']],
  ['\\c worker-', 'worker-', ['worker-1', 'worker-2']],
  ['\\timing o', 'o', []],
  ['', '', []],
  ['SELECT ', '', []],
])('%j', (line, word, candidates) => {
  expect(complete(line)).toEqual({ word, candidates });
});
