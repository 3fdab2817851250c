import type { Address } from '../../port.ts';
import type { NodeRecord } from './record.ts';

export function addressOf({ port }: Pick<NodeRecord, 'port'>, password: string): Address {
  return { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
}
