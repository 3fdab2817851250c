// What a local cluster is made of: data that another version of it made is not trusted.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { packageJsonFile } from '../../../paths.ts';
import { binariesVersion } from '../../../programs/binaries.ts';
import { engineFingerprint } from '../../../programs/engine-extension.ts';
import { type Installation, readInstallation } from '../../../programs/installation.ts';
import type { MachineSite } from '../driver.ts';

export interface LocalBlueprint {
  readonly package: string;
  readonly postgres: string;
  /** The version of Citus, the fingerprint of the built-in engine, or `none`. */
  readonly engine: string;
  /** Set where PostgreSQL is not the npm package's. */
  readonly installation?: Installation;
}

export type LocalSite = MachineSite<LocalBlueprint>;

/** @param pgBin The folder of another PostgreSQL than the npm package's. @throws UserError where that cannot be used. */
export async function currentBlueprint(
  pgBin?: string,
  engine: 'any engine' | 'no engine' = 'any engine',
): Promise<LocalBlueprint> {
  const { version } = JSON.parse(await readFile(packageJsonFile, 'utf8'));
  const installation = pgBin === undefined ? undefined : await readInstallation(pgBin, engine);
  return {
    package: version,
    postgres: installation?.version ?? (await binariesVersion()),
    engine: engine === 'no engine' ? none : (installation?.citus ?? (await engineFingerprint())),
    ...(installation && { installation }),
  };
}

/** A short name for all that a blueprint says. */
export function blueprintKey(blueprint: LocalBlueprint): string {
  return createHash('sha256').update(JSON.stringify(blueprint)).digest('hex').slice(0, 16);
}

/** Whether the servers have real Citus, and not the built-in engine. */
export const hasCitus = ({ installation, engine }: LocalBlueprint): boolean =>
  engine !== none && installation?.citus !== undefined;

export const hasBuiltIn = (blueprint: LocalBlueprint): boolean =>
  blueprint.engine !== none && !hasCitus(blueprint);

/** The engine of PostgreSQL alone. */
const none = 'none';

export function outdatedBlueprint(made: LocalBlueprint, wanted: LocalBlueprint): string | undefined {
  if (blueprintKey(made) === blueprintKey(wanted)) return undefined;
  return `was created by another version (${describe(made)}; this is ${describe(wanted)})`;
}

function describe(blueprint: LocalBlueprint): string {
  const { package: version, postgres, engine, installation } = blueprint;
  const name = hasCitus(blueprint) ? `, Citus ${engine}` : `, engine ${String(engine).slice(0, 8)}`;
  const from = installation ? ` in "${installation.bin}"` : '';
  return `pg-lessons ${version}, PostgreSQL ${postgres}${from}${engine === none ? '' : name}`;
}
