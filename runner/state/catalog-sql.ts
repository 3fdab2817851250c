// What the catalogs say of a database, in one statement and one cell of JSON. Names are qualified: what a learner makes must not
// stand in for what is asked.

/** Of Citus, and of the engine. */
const innerSchemas =
  'information_schema,citus,citus_internal,citus_shards_internal,columnar,columnar_internal';

/** Objects below it are PostgreSQL's own. */
const firstOwnOid = 16_384;

/** Constraints as the server prints them, of any relation. NOT NULL, since PostgreSQL 18 a constraint too, is one of the column. */
const constraintsOf = (relation: string) => `ARRAY(
  SELECT pg_catalog.pg_get_constraintdef(k.oid)
    FROM pg_catalog.pg_constraint k
   WHERE k.conrelid = ${relation}
     AND k.conparentid = 0
     AND k.contype IN ('c', 'f', 'p', 'u', 'x'))`;

/** Without those of constraints. */
const indexesOf = (relation: string) => `ARRAY(
  SELECT pg_catalog.pg_get_indexdef(i.indexrelid)
    FROM pg_catalog.pg_index i
   WHERE i.indrelid = ${relation}
     AND NOT EXISTS (SELECT
                       FROM pg_catalog.pg_constraint k
                      WHERE k.conindid = i.indexrelid
                        AND k.contype IN ('p', 'u', 'x')))`;

/** On every worker: what its shards have. */
const shardsHere = `
SELECT coalesce(pg_catalog.json_object_agg(n.nspname || '.' || c.relname,
                                           pg_catalog.json_build_object('constraints', ${constraintsOf('c.oid')},
                                                                        'indexes', ${indexesOf('c.oid')})),
                '{}')
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p')
   AND c.relname ~ '_[0-9]+$'
   AND c.oid >= ${firstOwnOid}`;

const columnsOf = `(
  SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
           'name', a.attname,
           'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
           'collation', CASE WHEN a.attcollation <> t.typcollation THEN l.collname END,
           'notNull', a.attnotnull,
           'identity', a.attidentity,
           'generated', a.attgenerated,
           'default', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
           'ownsSequence', EXISTS (SELECT
                                     FROM pg_catalog.pg_depend o
                                    WHERE o.refobjid = a.attrelid
                                      AND o.refobjsubid = a.attnum
                                      AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                      AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                      AND o.objsubid = 0
                                      AND o.deptype IN ('a', 'i')
                                      AND EXISTS (SELECT
                                                    FROM pg_catalog.pg_class s
                                                   WHERE s.oid = o.objid
                                                     AND s.relkind = 'S')))
           ORDER BY a.attnum)
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = c.oid
     AND a.attnum > 0
     AND NOT a.attisdropped)`;

const shardsOf = `(
  SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
           'id', s.shardid::text,
           'groups', ARRAY(SELECT m.groupid
                             FROM pg_catalog.pg_dist_placement m
                            WHERE m.shardid = s.shardid
                            ORDER BY m.groupid))
           ORDER BY s.shardminvalue::pg_catalog.int4, s.shardid)
    FROM pg_catalog.pg_dist_shard s
   WHERE s.logicalrelid = c.oid)`;

/** Its own triggers, and rules: those of Citus and of the engine call functions of an extension. */
const triggersOf = `ARRAY(
  SELECT pg_catalog.pg_get_triggerdef(g.oid)
    FROM pg_catalog.pg_trigger g
   WHERE g.tgrelid = c.oid
     AND NOT g.tgisinternal
     AND g.tgparentid = 0
     AND NOT EXISTS (SELECT
                       FROM member m
                      WHERE m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        AND m.objid = g.tgfoid)
  UNION ALL
  SELECT pg_catalog.pg_get_ruledef(r.oid)
    FROM pg_catalog.pg_rewrite r
   WHERE r.ev_class = c.oid
     AND r.rulename <> '_RETURN'
  UNION ALL
  SELECT 'POLICY ' || p.polname
    FROM pg_catalog.pg_policy p
   WHERE p.polrelid = c.oid)`;

/** Objects of one catalog that are a learner's: their kind, their name, and what they are. */
const objects = (kind: string, catalog: string, schema: string | undefined, name: string, says: string) => `
  SELECT '${kind}' AS kind, ${name} AS name, ${says} AS says
    FROM pg_catalog.${catalog} x
    ${schema === undefined ? '' : `JOIN own_schema n ON n.oid = x.${schema}`}
   WHERE x.oid >= ${firstOwnOid}
     AND NOT EXISTS (SELECT
                       FROM member m
                      WHERE m.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass
                        AND m.objid = x.oid)`;

const qualified = (name: string) =>
  `CASE n.nspname WHEN 'public' THEN '' ELSE pg_catalog.quote_ident(n.nspname) || '.' END || pg_catalog.quote_ident(${name})`;

/** What Citus keeps, or its absence. */
interface Distribution {
  readonly columns: string;
  readonly join: string;
  readonly isNoShard: string;
  readonly nodes: string;
  readonly answers: string;
}

const withCitus: Distribution = {
  columns: `'method', p.partmethod,
           'model', p.repmodel,
           'key', CASE p.partmethod
                    WHEN 'h' THEN pg_catalog.column_to_column_name(p.logicalrelid, p.partkey::pg_catalog.text)
                  END,
           'group', p.colocationid,
           'shards', ${shardsOf}`,
  join: 'LEFT JOIN pg_catalog.pg_dist_partition p ON p.logicalrelid = c.oid',
  isNoShard: `NOT EXISTS (SELECT
                       FROM pg_catalog.pg_dist_shard s
                      WHERE s.shardid = pg_catalog.substring(c.relname::pg_catalog.text, '_([0-9]{1,18})$')::pg_catalog.int8)`,
  nodes: `(SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                            'name', d.nodename,
                            'port', d.nodeport,
                            'group', d.groupid,
                            'role', d.noderole,
                            'isActive', d.isactive,
                            'shouldHaveShards', d.shouldhaveshards)
                            ORDER BY d.nodename COLLATE "C", d.nodeport)
                     FROM pg_catalog.pg_dist_node d)`,
  answers: `(SELECT coalesce(pg_catalog.json_agg(a), '[]')
                       FROM pg_catalog.run_command_on_workers($shards$${shardsHere}$shards$) a)`,
};

const withoutCitus: Distribution = {
  columns: `'method', NULL, 'model', NULL, 'key', NULL, 'group', NULL, 'shards', NULL`,
  join: '',
  isNoShard: 'true',
  nodes: 'NULL',
  answers: `'[]'::pg_catalog.json`,
};

/** Whether the server has Citus, or the built-in engine. */
export const hasCitusSql = `SELECT pg_catalog.to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL`;

export const catalogSql = (hasCitus: boolean): string => textOf(hasCitus ? withCitus : withoutCitus);

const textOf = (distribution: Distribution): string => `
WITH member AS MATERIALIZED (
  SELECT classid, objid
    FROM pg_catalog.pg_depend
   WHERE deptype = 'e'
), own_schema AS MATERIALIZED (
  SELECT oid, nspname
    FROM pg_catalog.pg_namespace
   WHERE nspname !~ '^pg_(toast|temp)'
     AND nspname <> ALL ('{${innerSchemas}}'::pg_catalog.name[])
), relation AS (
  SELECT pg_catalog.json_build_object(
           'name', CASE
                     WHEN c.relispartition
                     THEN h.inhparent::pg_catalog.regclass || ' ' || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
                     ELSE ${qualified('c.relname')}
                   END,
           'sql', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
           'path', n.nspname || '.' || c.relname,
           'relkind', c.relkind,
           'isUnlogged', c.relpersistence = 'u',
           'partitionOf', h.inhparent::pg_catalog.regclass::pg_catalog.text,
           'definition', CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
           'columns', ${columnsOf},
           'constraints', ${constraintsOf('c.oid')},
           'indexes', ${indexesOf('c.oid')},
           'triggers', ${triggersOf},
           ${distribution.columns}) AS said
    FROM pg_catalog.pg_class c
    JOIN own_schema n ON n.oid = c.relnamespace
    ${distribution.join}
    LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid AND h.inhseqno = 1
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
     AND c.oid >= ${firstOwnOid}
     AND NOT EXISTS (SELECT
                       FROM member m
                      WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND m.objid = c.oid)
     AND ${distribution.isNoShard}
), object AS (
  ${[
    objects(
      'function',
      'pg_proc',
      'pronamespace',
      `${qualified('x.proname')} || '(' || pg_catalog.pg_get_function_identity_arguments(x.oid) || ')'`,
      `pg_catalog.md5(pg_catalog.concat_ws('/', x.prokind, x.prorettype::pg_catalog.regtype, x.prolang, x.provolatile, x.proisstrict, x.prosrc,
                      pg_catalog.pg_get_function_sqlbody(x.oid)))`,
    ),
    objects(
      'operator',
      'pg_operator',
      'oprnamespace',
      `x.oid::pg_catalog.regoperator::pg_catalog.text`,
      'x.oprcode::pg_catalog.text',
    ),
    `${objects(
      'type',
      'pg_type',
      'typnamespace',
      qualified('x.typname'),
      `pg_catalog.concat_ws(' ', x.typtype,
         pg_catalog.format_type(NULLIF(x.typbasetype, 0), x.typtypmod),
         (SELECT pg_catalog.string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = x.oid),
         (SELECT pg_catalog.string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a WHERE a.attrelid = x.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
         (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ') FROM pg_catalog.pg_constraint k WHERE k.contypid = x.oid))`,
    )}
     AND x.typtype IN ('c', 'd', 'e', 'r')
     AND (x.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = x.typrelid))`,
    `${objects(
      'sequence',
      'pg_class',
      'relnamespace',
      qualified('x.relname'),
      `(SELECT pg_catalog.concat_ws(' ', pg_catalog.format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle)
          FROM pg_catalog.pg_sequence q WHERE q.seqrelid = x.oid)`,
    )}
     AND x.relkind = 'S'
     AND NOT EXISTS (SELECT
                       FROM pg_catalog.pg_depend o
                      WHERE o.objid = x.oid
                        AND o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND o.deptype IN ('a', 'i')
                        AND o.refobjsubid > 0)`,
    objects(
      'cast',
      'pg_cast',
      undefined,
      `pg_catalog.format_type(x.castsource, NULL) || ' AS ' || pg_catalog.format_type(x.casttarget, NULL)`,
      `pg_catalog.concat_ws(' ', x.castcontext, x.castmethod, x.castfunc::pg_catalog.regprocedure)`,
    ),
    objects(
      'event trigger',
      'pg_event_trigger',
      undefined,
      'x.evtname::pg_catalog.text',
      'x.evtfoid::pg_catalog.regproc::pg_catalog.text',
    ),
    `
  SELECT 'setting', pg_catalog.split_part(s.line, '=', 1), pg_catalog.substr(s.line, pg_catalog.strpos(s.line, '=') + 1)
    FROM pg_catalog.pg_db_role_setting d, pg_catalog.unnest(d.setconfig) AS s (line)
   WHERE d.setdatabase IN (0, (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database()))
     AND d.setrole IN (0, (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = CURRENT_USER))`,
  ].join('\n  UNION ALL')}
)
SELECT pg_catalog.json_build_object(
         'nodes', ${distribution.nodes},
         'relations', (SELECT coalesce(pg_catalog.json_agg(said), '[]') FROM relation),
         'objects', (SELECT coalesce(pg_catalog.json_agg(o), '[]') FROM object o),
         'answers', ${distribution.answers})`;
