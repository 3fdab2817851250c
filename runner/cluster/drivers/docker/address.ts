// How the servers in the containers of a cluster are reached.
import type { Address } from '../../port.ts';
import type { Container } from './containers.ts';

export function addressOf(password: string, container: Pick<Container, 'port'> | undefined): Address {
  return {
    host: '127.0.0.1',
    port: container?.port ?? unreachable,
    user: 'postgres',
    password,
    database: 'postgres',
  };
}

/** Nobody listens there: a server that is down refuses to be connected to. */
const unreachable = 1;
