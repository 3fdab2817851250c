// Reads the state of the database of a cluster: the catalogs at once, then the rows of each table.
import type { Probe } from '../checks/check.ts';
import { type Contents, canonical } from './canonical.ts';
import type { Catalog } from './catalog.ts';
import { catalogSql, hasCitusSql } from './catalog-sql.ts';
import { holdsRows, readContents } from './contents.ts';
import { exceptionsOf, without } from './exceptions.ts';
import type { State } from './state.ts';

/**
 * @param except What may differ, and so is left out.
 * @throws Error where the coordinator, or a node with rows, does not answer.
 */
export async function readState(
  probe: Pick<Probe, 'coordinator'>,
  { except, workers }: { readonly except: readonly string[]; readonly workers: number },
): Promise<State> {
  const exceptions = exceptionsOf(except);
  const catalog = await readCatalog(probe.coordinator);
  const contents = new Map<string, Contents>();
  for (const relation of catalog.relations) {
    const { name } = relation;
    if (!holdsRows(relation) || exceptions.table(name) || exceptions.ofTable(name, 'rows')) continue;
    contents.set(name, await readContents(relation, exceptions, probe));
  }
  return { ...without(canonical(catalog, contents, workers), except), except };
}

export async function readCatalog(ask: Probe['coordinator']): Promise<Catalog> {
  const [[hasCitus] = []] = await ask(hasCitusSql);
  const [[json] = []] = await ask(catalogSql(hasCitus === 't'));
  return JSON.parse(json ?? '{}');
}
