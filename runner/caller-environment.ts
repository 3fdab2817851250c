// The environment of whoever called. libpq's variables in it say where a cluster of theirs is; they must not reach the
// sessions of our own, and `pg` takes them for defaults wherever it connects.

let taken: Readonly<Record<string, string | undefined>> = {};

/** Takes libpq's variables out of the environment of this process. */
export function takeLibpqVariables(): void {
  taken = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PG')));
  for (const name of Object.keys(taken)) delete process.env[name];
}

/** With libpq's variables. */
export function callerEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...taken };
}
