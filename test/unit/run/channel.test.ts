import { expect, test } from 'vitest';
import { during } from '../../../runner/run/channel.ts';

async function collect<E, T>(events: AsyncGenerator<E, T>) {
  const seen: E[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done) return { seen, result: value };
    seen.push(value);
  }
}

test('events come in order, and the result after them', async () => {
  const { seen, result } = await collect(
    during<number, string>(async (emit) => {
      emit(1);
      await Promise.resolve();
      emit(2);
      return 'end';
    }),
  );
  expect(seen).toEqual([1, 2]);
  expect(result).toBe('end');
});

test('an event can be read before the work has ended', async () => {
  let finish = () => {};
  const events = during<string, void>((emit) => {
    emit('early');
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  expect(await events.next()).toEqual({ value: 'early', done: false });
  finish();
  expect((await events.next()).done).toBe(true);
});

test('what went wrong is thrown after the events before it', async () => {
  const events = during<string, never>(async (emit) => {
    emit('before');
    throw new Error('broken');
  });
  expect((await events.next()).value).toBe('before');
  await expect(events.next()).rejects.toThrow('broken');
});
