// Lets work that calls back be read as an async sequence: events of a statement that is still running.

/** Yields what `work` emits, as it comes; returns or throws what `work` does. */
export async function* during<E, T>(work: (emit: (event: E) => void) => Promise<T>): AsyncGenerator<E, T> {
  const waiting: E[] = [];
  let wake = () => {};
  let ended = false;
  const result = work((event) => {
    waiting.push(event);
    wake();
  }).finally(() => {
    ended = true;
    wake();
  });
  // Its rejection is thrown below, once what came before it was read.
  result.catch(() => {});

  for (;;) {
    yield* waiting.splice(0);
    if (ended && waiting.length === 0) return await result;
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended || waiting.length > 0) resolve();
      });
    }
  }
}
