// What an answer has made that bears the name of something of PostgreSQL's or Citus's: a check that calls `count` would call
// that. Only objects of the system are named here, by operators that take exactly these types: nothing can hide those.
import type { Probe } from '../../checks/check.ts';
import type { Row } from '../../connect/connection.ts';
import { UserError } from '../../errors.ts';
import type { Place } from '../../lesson/types.ts';
import type { FailedOutcome } from '../events.ts';

/** Names the first such object; undefined where there is none, and where the coordinator does not answer. */
export async function judgeHiding(
  { coordinator }: Pick<Probe, 'coordinator'>,
  place: Place,
): Promise<FailedOutcome | undefined> {
  const failed = (actual: string, say?: string): FailedOutcome => ({
    status: 'failed',
    title: 'names of the system',
    place,
    expected: 'none that the answer uses for an object of its own',
    actual,
    ...(say !== undefined && { say }),
  });
  try {
    const [row] = await coordinator(hiding);
    return row && failed(nameOf(row), describe(row));
  } catch (error) {
    return error instanceof UserError ? undefined : failed((error as Error).message);
  }
}

const nameOf = ([kind, schema, name, target]: Row): string =>
  kind === 'cast' ? `a cast from ${name} to ${target}` : `the ${kind} ${schema}.${name}`;

function describe([kind, schema, name, target]: Row): string {
  if (kind === 'cast') return `The cast from ${name} to ${target} is not PostgreSQL's own. Drop it.`;
  if (schema === 'pg_catalog') return `The ${kind} pg_catalog.${name} is not PostgreSQL's own. Drop it.`;
  return `${schema}.${name} hides pg_catalog.${name}. Drop it.`;
}

/** `pg_catalog` is searched first, then `public`; what has an oid below this one was there when the server was made. */
const isOurs = (catalog: string, oid: string) => `
      ${oid} >= '16384'::oid
  AND NOT EXISTS (SELECT
                    FROM pg_catalog.pg_depend AS member
                   WHERE member.classid = '${catalog}'::regclass::oid
                     AND member.objid = ${oid}
                     AND member.deptype = 'e')`;

/** @param more What else must be true of the object, named `mine`. */
const namesake = (kind: string, catalog: string, name: string, schema: string, more = '') => `
SELECT '${kind}', home.nspname, mine.${name}, NULL
  FROM ${catalog} AS mine
  JOIN pg_catalog.pg_namespace AS home ON home.oid = mine.${schema}
 WHERE ${isOurs(catalog, 'mine.oid')}
   AND (home.nspname = 'public' OR home.nspname = 'pg_catalog')${more}
   AND EXISTS (SELECT
                 FROM ${catalog} AS system
                WHERE system.${name} = mine.${name}
                  AND system.${schema} = 'pg_catalog'::regnamespace::oid
                  AND system.oid <> mine.oid)`;

/** Of the types, a table's own and arrays come with the table. */
const isTypeAlone = `
   AND mine.typrelid = '0'::oid
   AND mine.typelem = '0'::oid`;

const castsOfTheSystem = `
SELECT 'cast', NULL, source.typname, target.typname
  FROM pg_catalog.pg_cast AS mine
  JOIN pg_catalog.pg_type AS source ON source.oid = mine.castsource
  JOIN pg_catalog.pg_type AS target ON target.oid = mine.casttarget
 WHERE ${isOurs('pg_catalog.pg_cast', 'mine.oid')}
   AND source.typnamespace = 'pg_catalog'::regnamespace::oid
   AND target.typnamespace = 'pg_catalog'::regnamespace::oid`;

const hiding = [
  namesake('function', 'pg_catalog.pg_proc', 'proname', 'pronamespace'),
  namesake('operator', 'pg_catalog.pg_operator', 'oprname', 'oprnamespace'),
  namesake('relation', 'pg_catalog.pg_class', 'relname', 'relnamespace'),
  namesake('type', 'pg_catalog.pg_type', 'typname', 'typnamespace', isTypeAlone),
  castsOfTheSystem,
].join('\nUNION ALL');
