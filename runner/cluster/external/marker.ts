// A schema that is there while lessons use a database, also after a run that was killed: it says that all else there was
// made by lessons, and its comment how the cluster was before.
import type { Client } from 'pg';
import { markerSchema } from './objects.ts';

/** How the cluster was before the first lesson. */
export interface Before {
  readonly nodes: readonly NodeBefore[];
  readonly extensions: readonly string[];
}

export interface NodeBefore {
  readonly name: string;
  readonly port: number;
  readonly isActive: boolean;
  readonly hasShards: boolean;
}

const look = `
SELECT coalesce((SELECT json_agg(json_build_object('name', nodename, 'port', nodeport,
                                                   'isActive', isactive, 'hasShards', shouldhaveshards)
                                 ORDER BY nodeid)
                   FROM pg_dist_node), '[]')                    AS nodes,
       ARRAY(SELECT extname::text FROM pg_extension ORDER BY 1) AS extensions`;

export async function readNow(client: Client): Promise<Before> {
  return (await client.query(look)).rows[0];
}

export async function readMarker(client: Client): Promise<Before | undefined> {
  const { rows } = await client.query(
    `SELECT obj_description(oid, 'pg_namespace') AS before FROM pg_namespace WHERE nspname = '${markerSchema}'`,
  );
  if (rows.length === 0) return undefined;
  try {
    return JSON.parse(rows[0].before);
  } catch {
    return undefined; // not ours
  }
}

/** In one transaction; on the coordinator only. */
export async function writeMarker(client: Client): Promise<void> {
  const comment = client.escapeLiteral(JSON.stringify(await readNow(client)));
  await client.query(`
    SET citus.enable_ddl_propagation = off;
    CREATE SCHEMA ${markerSchema};
    COMMENT ON SCHEMA ${markerSchema} IS ${comment};`);
  await client.query('RESET citus.enable_ddl_propagation');
}

export async function removeMarker(client: Client): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${markerSchema}`);
}
