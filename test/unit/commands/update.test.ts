import { expect, test } from 'vitest';
import { update } from '../../../runner/commands/update.ts';
import type { Invocation } from '../../../runner/invocation.ts';

test('in CI nothing is written', async () => {
  const options = { id: [], frozen: false, trust: true, name: 'default' };
  const invocation = { env: { CI: 'true' }, cwd: '/' } as unknown as Invocation;
  await expect(update(options, invocation)).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('--frozen'),
  });
});
