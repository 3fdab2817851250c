import type { ResetOptions } from '../types.ts';
import type { Home } from './home.ts';

export async function resetCluster(_home: Home, _name: string, _options: ResetOptions): Promise<void> {}
