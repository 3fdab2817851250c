// For servers that nobody can log in to: what to run, while they are stopped, with `postgres --single`, which does not
// authenticate. Afterwards a reset can log in.
import { escapeLiteral } from 'pg';
import { superuser } from './server-contents.ts';

/** In the first of these that is there. It may hold anything: the statements write to what all databases share. */
export const singleUserDatabases: readonly string[] = ['template1', 'postgres'];

/** One statement a line: the superuser that `initdb` made has its name, may log in, with this password, as it is. */
export function singleUserRepair(password: string): string {
  return [
    'ALTER SYSTEM RESET ALL;',
    // ALTER ROLE cannot rename the role that a session belongs to.
    `UPDATE pg_authid SET rolname = 'lesson_' || oid WHERE rolname = 'postgres' AND oid <> 10;`,
    `UPDATE pg_authid SET rolname = 'postgres' WHERE oid = 10;`,
    `ALTER ROLE postgres ${superuser} PASSWORD ${escapeLiteral(password)};`,
    'DELETE FROM pg_db_role_setting;',
    `UPDATE pg_database SET datallowconn = true WHERE datname IN ('template1', 'postgres');`,
    '',
  ].join('\n');
}
