// Runs SQL on data whose server is stopped, without logging in: `postgres --single`.
import { UserError } from '../../../errors.ts';
import { findBinaries } from '../../../programs/binaries.ts';
import { runProgram } from '../../../programs/postgres.ts';
import { type SingleUserSql, singleUserSettings } from '../driver.ts';
import type { LocalSite } from './blueprint.ts';
import { dataDir } from './paths.ts';

const deadlineMs = 60_000;

/** @throws UserError with what PostgreSQL said, where a statement fails. */
export async function runSingleUser(
  { state, dir, blueprint }: LocalSite,
  node: string,
  { database, statements }: SingleUserSql,
  signal: AbortSignal,
): Promise<void> {
  const { postgres } = await findBinaries(state, blueprint.installation);
  const options = singleUserSettings.flatMap((set) => ['-c', set]);
  const { exitCode, output } = await runProgram(
    postgres,
    ['--single', '-D', dataDir(dir, node), ...options, database],
    { owner: state.owner, signal, timeoutMs: deadlineMs, input: statements },
  );
  if (exitCode === 0) return;
  throw new UserError(`${node}: PostgreSQL's single-user mode failed:\n${output.trim()}`, {
    code: 'cluster',
  });
}
