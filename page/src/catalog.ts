// What can be completed: read when a lesson is opened, and after each cell that has run.
import { signal } from '@preact/signals';
import { get } from './server.ts';

export interface Catalog {
  /** Columns by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly functions: readonly string[];
}

export const schema = signal<Catalog['tables']>({});
export const functionNames = signal<Catalog['functions']>([]);

/** Nothing where the coordinator does not answer: completion is a courtesy. */
export async function readCatalog(): Promise<void> {
  const { tables, functions } = await get<Catalog>('/api/catalog').catch(() => ({
    tables: {},
    functions: [],
  }));
  schema.value = tables;
  functionNames.value = functions;
}
