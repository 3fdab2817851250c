// The errors that learners of Citus meet most: why, in a sentence, and the lesson that explains it. The messages are those
// of Citus, which the built-in engine gives too.

/** The lessons that come with the program. */
const shippedLessons = [
  '01-cluster',
  '02-shards',
  '03-distribution',
  '04-rows',
  '05-routing',
  '06-joins',
  '07-keys',
  '08-foreign-keys',
  '09-tenants',
  '10-dashboard',
  '11-partitions',
  '12-copies',
  '13-standby',
  '14-failover',
  '15-reading',
  '16-growing',
  '17-big-tenant',
  '18-schemas',
  '19-activity',
  '20-two-phase',
  '21-recovery',
] as const;

export type ShippedLesson = (typeof shippedLessons)[number];

export interface ErrorExplanation {
  readonly sentence: string;
  readonly lesson?: ShippedLesson;
}

/** The lesson to name to those who are in `current`: not that one, and none in a course of somebody else. */
export function lessonToRead({ lesson }: ErrorExplanation, current: string): ShippedLesson | undefined {
  const isShipped = shippedLessons.some((shipped) => shipped === current);
  return isShipped && lesson !== current ? lesson : undefined;
}

/** What a server says of an error. */
interface ReportedError {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string;
}

interface ErrorContext {
  /** The statement that failed: some messages are about a distribution column only in certain calls. */
  readonly sql?: string;
}

/** Undefined for an error that explains itself, or that has many causes. */
export function explainError(
  error: ReportedError,
  { sql = '' }: ErrorContext = {},
): ErrorExplanation | undefined {
  const known = explanations.find(
    ({ sqlstate, message, detail, statement }) =>
      error.sqlstate.startsWith(sqlstate) &&
      message.test(error.message) &&
      (detail?.test(error.detail ?? '') ?? true) &&
      (statement?.test(sql) ?? true),
  );
  if (known === undefined) return undefined;
  const { sentence, lesson } = known;
  return { sentence, ...(lesson === undefined ? {} : { lesson }) };
}

interface KnownError extends ErrorExplanation {
  /** Or its class, two characters. */
  readonly sqlstate: string;
  readonly message: RegExp;
  readonly detail?: RegExp;
  readonly statement?: RegExp;
}

const explanations: readonly KnownError[] = [
  {
    sqlstate: '0A000',
    message: /^cannot create constraint on |^creating unique indexes on non-partition columns/,
    sentence:
      'Each shard can check only its own rows, so a primary key or a unique column needs the distribution column in its key.',
    lesson: '07-keys',
  },
  {
    sqlstate: '42P16',
    message: /^table ".*" is already distributed$/,
    sentence:
      'A table can be distributed only once. alter_distributed_table changes its distribution column or its number of shards.',
    lesson: '02-shards',
  },
  {
    sqlstate: '',
    message:
      /^(relation|cannot undistribute table because the table|cannot alter table because the table) is not distributed$/,
    sentence: 'This is a plain table: it has not been distributed.',
    lesson: '02-shards',
  },
  {
    sqlstate: '42703',
    message: /^column ".*" of relation ".*" does not exist$/,
    statement: /\b(create|alter)_distributed_table\b/i,
    sentence: 'The distribution column must be a column of the table. Check how its name is spelled.',
    lesson: '03-distribution',
  },
  {
    sqlstate: '42704',
    message: /has no default operator class for specified partition method$/,
    sentence:
      'The shard of a row follows from the hash of its distribution column, and values of this type have no hash. Choose another column.',
    lesson: '03-distribution',
  },
  {
    sqlstate: '22004',
    message: /\bpartition column\b|^distribution value cannot be NULL/,
    sentence: 'The distribution column decides which shard a row goes to, so every row needs a value there.',
    lesson: '04-rows',
  },
  {
    sqlstate: '0A000',
    message: /^modifying the partition value of rows is not allowed$/,
    sentence:
      'The distribution column decides which shard a row is in, so it cannot be updated. Delete the row and insert it with the new value.',
    lesson: '04-rows',
  },
  {
    sqlstate: 'XX000',
    message: /^cannot execute ALTER TABLE command involving partition column$/,
    sentence: 'The distribution column decides where every row is, so it cannot be dropped or changed.',
    lesson: '07-keys',
  },
  {
    sqlstate: 'XX000',
    message: /^cannot colocate tables /,
    sentence:
      'Co-located tables must have distribution columns of the same type, and the same number of shards and copies.',
    lesson: '06-joins',
  },
  {
    sqlstate: 'P0001',
    message: /^tables .* are not co-located$/,
    sentence: 'The two tables are not co-located: their shards do not belong together in pairs.',
    lesson: '06-joins',
  },
  {
    sqlstate: '',
    message:
      /^the query contains a join that requires repartitioning$|^complex joins are only supported when /,
    sentence:
      'The rows to be joined may be on different workers. Join co-located tables, and join them by their distribution columns.',
    lesson: '06-joins',
  },
  {
    sqlstate: '0A000',
    message: /^cannot create foreign key constraint since relations are not colocated/,
    sentence:
      'Each shard checks a foreign key by itself, so the two tables must be co-located, or the referenced table a reference table.',
    lesson: '08-foreign-keys',
  },
  {
    sqlstate: '0A000',
    message: /foreign keys from reference tables and local tables to distributed tables are not supported$/,
    sentence:
      'A reference table or a plain table cannot refer to a distributed table: no node has all the rows that it would have to check.',
    lesson: '08-foreign-keys',
  },
  {
    sqlstate: '0A000',
    message: /^cannot create foreign key constraint$/,
    detail: /^Foreign keys are supported in two cases/,
    sentence:
      'Each shard checks a foreign key by itself, so a foreign key between distributed tables must contain the distribution columns of both.',
    lesson: '08-foreign-keys',
  },
  {
    sqlstate: '42P16',
    message: /^referenced table ".*" must be a distributed table or a reference table$/,
    sentence:
      'The referenced table is only on the coordinator, where the shards cannot check it. Make it a reference table, or distribute it.',
    lesson: '08-foreign-keys',
  },
  {
    sqlstate: 'XX000',
    message: /^operation is not allowed on this node$/,
    sentence: 'This server is a worker. Distributed tables are created and changed on the coordinator.',
    lesson: '01-cluster',
  },
  {
    sqlstate: '08',
    message: /connect/,
    sentence:
      'A server that this statement needs does not answer. "lesson status" shows which servers are running.',
    lesson: '12-copies',
  },
  {
    sqlstate: '22023',
    message: /^replication_factor \(\d+\) exceeds number of worker nodes/,
    sentence: 'Each copy of a shard is on another worker, so there cannot be more copies than workers.',
    lesson: '12-copies',
  },
  {
    sqlstate: 'XX000',
    message: /contains the only shard placement for shard/,
    sentence: 'This node has the only copy of some shard. Move its shards to other workers first.',
    lesson: '16-growing',
  },
  {
    sqlstate: '0A000',
    message: /^cannot use logical replication to transfer shards of the relation /,
    sentence:
      "Without a primary key, a shard can be moved only while nobody writes to it: add shard_transfer_mode => 'block_writes'.",
    lesson: '16-growing',
  },
  {
    sqlstate: '25006',
    message:
      /^cannot execute .* in a read-only transaction$|^writing to worker nodes is not currently allowed$/,
    sentence: 'A standby only reads. Changes are made on its primary.',
    lesson: '13-standby',
  },
  {
    sqlstate: '25P02',
    message: /^current transaction is aborted/,
    sentence:
      'An earlier statement of this transaction failed. Type ROLLBACK; to end the transaction, and start again.',
  },
];
