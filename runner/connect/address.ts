// How a client reaches a server.

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Settings of every session, as libpq's `options`: `-c geqo=off`. */
  readonly options?: string;
  /** Absent where the connection is in the clear. */
  readonly tls?: Tls;
}

/** As libpq's settings of those names. */
export interface Tls {
  readonly mode: 'require' | 'verify-ca' | 'verify-full';
  /** Files. `rootCert` may be `system`. */
  readonly rootCert?: string;
  readonly cert?: string;
  readonly key?: string;
}
