-- Reading the text of a statement. Citus looks at a statement's tree; triggers see none, so where it matters what a
-- statement says its text has to do: the text that the client sent, or the function has.

-- The statement at which a function of the engine has been called.
CREATE FUNCTION citus_internal.statement()
  RETURNS text
  LANGUAGE plpgsql
  STABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  context text;
  inner_  text[];
BEGIN
  GET DIAGNOSTICS context = PG_CONTEXT;
  context := regexp_replace(context, '^(PL/pgSQL function citus_internal\.[^\n]*(\n|$))+', '');
  IF context = '' THEN
    inner_ := regexp_match(current_query(), '(?i)^\s*execute\s+("[^"]*"|[\w$]+)');
    RETURN coalesce((SELECT regexp_replace(statement, '(?i)^\s*prepare\s.*?\sas\s+', '')
                       FROM pg_prepared_statements WHERE citus_internal.is_name_of(inner_[1], name)),
                    current_query());
  END IF;
  inner_ := regexp_match(context, '^SQL statement "(.*?)"(?:\n(?:PL/|SQL |COPY |remote )|$)');
  IF inner_ IS NOT NULL THEN
    RETURN inner_[1];
  END IF;
  inner_ := regexp_match(context, '^SQL function "([^"]*)" statement');
  RETURN coalesce((SELECT string_agg(prosrc, ';') FROM pg_proc WHERE proname = inner_[1]), '');
END $$;

-- The text of a statement, its strings emptied, so that what stands in them is not taken for SQL.
CREATE FUNCTION citus_internal.without_strings(statement text)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT regexp_replace(statement, '''(?:[^'']|'''')*''', '''''', 'g')
$$;

-- Whether a name is in it.
CREATE FUNCTION citus_internal.names(statement text, name name)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (SELECT FROM regexp_matches(statement, '"[^"]+"|[\w$]+', 'g') word
                  WHERE name = CASE WHEN word[1] LIKE '"%' THEN btrim(word[1], '"') ELSE lower(word[1]) END)
$$;

-- Its words, names, strings and signs, comments as blanks; `depth` counts the brackets around each.
CREATE FUNCTION citus_internal.tokens(statement text)
  RETURNS TABLE (number bigint, token text, depth bigint)
  LANGUAGE sql
  IMMUTABLE PARALLEL SAFE
  SET search_path = pg_catalog
AS $$
  SELECT number, token,
         sum(CASE WHEN token IN ('(', '[') THEN 1 WHEN token IN (')', ']') THEN -1 ELSE 0 END) OVER (ORDER BY number)
    FROM (SELECT number, CASE WHEN m[1] ~ '^(--|/\*)' THEN ' ' ELSE m[1] END AS token
            FROM regexp_matches(statement,
                   '(''(?:[^'']|'''')*''|"(?:[^"]|"")*"|\$\w*\$[^$]*\$\w*\$|--[^\n]*|/\*[^*]*(?:\*[^/*][^*]*)*\*+/|[\w$]+|\s+|.)',
                   'g') WITH ORDINALITY found (m, number)) scanned
$$;

-- What the ALTER TABLE statements for a table say of it, one thing a row: `ADD COLUMN a int, DROP b` are two.
CREATE FUNCTION citus_internal.subcommands(statement text, table_name name)
  RETURNS TABLE (statement_number bigint, command text)
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH part AS (
    SELECT statement_number, part_number, string_agg(token, '' ORDER BY number) AS command
      FROM (SELECT *,
                   count(*) FILTER (WHERE token = ';') OVER before                AS statement_number,
                   count(*) FILTER (WHERE token = ',' AND depth = 0) OVER before  AS part_number
              FROM citus_internal.tokens(statement)
            WINDOW before AS (ORDER BY number)) numbered
     GROUP BY 1, 2
  ),
  altered AS (
    SELECT statement_number, part_number AS first_part, m[1] AS name, m[2] AS command
      FROM part,
           regexp_match(command, '(?i)^[\s;]*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?((?:"[^"]*"|[\w$.])+)\s*\*?\s*(.*)$') m
     WHERE m IS NOT NULL
  )
  SELECT a.statement_number, CASE p.part_number WHEN a.first_part THEN a.command ELSE btrim(p.command, E', \n\t') END
    FROM altered a
    JOIN part    p USING (statement_number)
   WHERE citus_internal.is_name_of(a.name, table_name)
     AND p.part_number >= a.first_part
$$;

-- How the rows that are there come by their new values: the expression of ALTER COLUMN … TYPE … USING.
CREATE FUNCTION citus_internal.using_clause(statement text, table_name name, column_name name)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT m[2]
    FROM citus_internal.subcommands(statement, table_name),
         regexp_match(command, '(?i)^\s*alter\s+(?:column\s+)?("[^"]*"|[\w$]+)\s+(?:set\s+data\s+)?type\M.*?\musing\M(.*)$') m
   WHERE citus_internal.is_name_of(m[1], column_name)
$$;

-- Whether an INSERT … VALUES of one row says DEFAULT in this place of it.
CREATE FUNCTION citus_internal.inserts_default(statement text, place bigint)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  WITH given AS (
    SELECT *, count(*) FILTER (WHERE token = '(' AND depth = 1) OVER (ORDER BY number) AS row_number
      FROM citus_internal.tokens(substring(statement FROM '(?i)\mvalues\M(.*)$'))
  ),
  placed AS (
    SELECT *, 1 + count(*) FILTER (WHERE token = ',') OVER (PARTITION BY row_number ORDER BY number) AS place
      FROM given
     WHERE depth = 1
  )
  SELECT statement ~* '\mdefault\s+values\M'
      OR (SELECT bool_or(lower(token) = 'default' AND p.place = $2) AND max(row_number) = 1 FROM placed p)
$$;

-- Whether text calls a function that is volatile, whatever its arguments are.
CREATE FUNCTION citus_internal.calls_volatile(expressions text)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path = pg_catalog
AS $$
  SELECT EXISTS (SELECT
                   FROM regexp_matches(expressions, '([\w$]+)\s*\(', 'g') call
                   JOIN pg_proc ON proname = lower(call[1])
                  GROUP BY proname
                 HAVING bool_and(provolatile = 'v' AND prokind = 'f'))
$$;

-- Whether a name as it was written, perhaps with a schema and quotes, means this one.
CREATE FUNCTION citus_internal.is_name_of(written text, name text)
  RETURNS boolean
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path = pg_catalog
AS $$
DECLARE
  parts text[];
BEGIN
  parts := parse_ident(written);
  RETURN coalesce(parts[cardinality(parts)] = name, false);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN false;
END $$;
