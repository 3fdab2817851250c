-- The tree of a query, as PostgreSQL has parsed it.
--
-- PostgreSQL keeps the tree of a function whose body is written BEGIN ATOMIC. So the query is made such a function's body, its tree
-- read, and the function taken back.

-- A tree as PostgreSQL prints it, {NAME :field value …}, with lists in brackets, as JSON: a node's name is its "node".
CREATE FUNCTION citus_internal.tree_to_json(tree text)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
  SELECT string_agg(CASE WHEN token !~ '^[:})]' AND before !~ '^[:(]' THEN ', ' ELSE '' END
                    || CASE WHEN token LIKE '{%'  THEN format('{"node": "%s"', substr(token, 2))
                            WHEN token LIKE ':%'  THEN format(', "%s": ', substr(token, 2))
                            WHEN token IN ('}')   THEN '}'
                            WHEN token = '('      THEN '['
                            WHEN token = ')'      THEN ']'
                            WHEN token = '<>'     THEN 'null'
                            ELSE to_json(btrim(token, '"'))::text END,
                    '' ORDER BY number)::jsonb
    FROM (SELECT number, m[1] AS token, lag(m[1], 1, '(') OVER (ORDER BY number) AS before
            FROM regexp_matches(regexp_replace(tree, ':constvalue (\d+ \[[^]]*\])', ':constvalue "\1"', 'g'),
                                '(\{\w+|:\w+|[{}()]|"(?:[^"\\]|\\.)*"|(?:\\.|[^\s(){}\\])+)', 'g') WITH ORDINALITY found (m, number)) tokens
$$;

-- NULL for what is no query, or whose names mean nothing outside of a function. Names are looked up as the caller's session does.
CREATE FUNCTION citus_internal.query_tree(statement text)
  RETURNS jsonb
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET citus_internal.engine_at_work = on
AS $$
DECLARE
  tree text;
BEGIN
  BEGIN
    EXECUTE pg_catalog.format('CREATE FUNCTION citus_internal.parsed() RETURNS void BEGIN ATOMIC %s; END', statement);
    SELECT prosqlbody INTO tree FROM pg_catalog.pg_proc WHERE oid = pg_catalog.to_regprocedure('citus_internal.parsed()');
    RAISE SQLSTATE 'PARSE';
  EXCEPTION WHEN OTHERS THEN
    NULL;
  END;
  RETURN citus_internal.tree_to_json(tree) -> 0 -> 0;
END $$;
