/**
 * As `Promise.all`, but fails only when all have ended: what is still at work must not go on, and make files or start
 * servers, while the failure is cleaned up after.
 */
export async function allEnded<T>(work: readonly (T | Promise<T>)[]): Promise<readonly T[]> {
  const ends = await Promise.allSettled(work);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
