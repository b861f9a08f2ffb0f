1,000 users, 200 items, 9,000 pairs on one server: pairs stay on their server, sums by item are sent between servers.

Statements that load the table:
-- count rows
SELECT count(*) AS n, count("user id") AS of_user, count("sku") AS of_item FROM "shop"."events";
-- drop pairs
DROP TABLE IF EXISTS "rivulet_pairs";
-- make pairs
CREATE TABLE "rivulet_pairs" (uk VARCHAR, ik VARCHAR, gap INTEGER);
-- read pairs
INSERT INTO "rivulet_pairs"
SELECT DISTINCT CAST("user id" AS VARCHAR) AS uk, CAST("sku" AS VARCHAR) AS ik, CASE WHEN "user id" IS NULL OR "sku" IS NULL OR CAST("user id" AS VARCHAR) = '' OR CAST("sku" AS VARCHAR) = '' THEN 1 ELSE 0 END AS gap
FROM "shop"."events";
-- drop users
DROP TABLE IF EXISTS "rivulet_users";
-- make users
CREATE TABLE "rivulet_users" (u INTEGER, uk VARCHAR);
-- number users
INSERT INTO "rivulet_users"
SELECT CAST(row_number() OVER (ORDER BY uk) - 1 AS INT) AS u, uk FROM (SELECT DISTINCT uk FROM "rivulet_pairs") AS t;
-- drop items
DROP TABLE IF EXISTS "rivulet_items";
-- make items
CREATE TABLE "rivulet_items" (i INTEGER, ik VARCHAR);
-- number items
INSERT INTO "rivulet_items"
SELECT CAST(row_number() OVER (ORDER BY ik) - 1 AS INT) AS i, ik FROM (SELECT DISTINCT ik FROM "rivulet_pairs") AS t;
-- drop e
DROP TABLE IF EXISTS "rivulet_e";
-- make e
CREATE TABLE "rivulet_e" (u INTEGER, i INTEGER);
-- number pairs
INSERT INTO "rivulet_e"
SELECT u, i
FROM (SELECT u, ik FROM "rivulet_pairs" AS p INNER JOIN "rivulet_users" AS k USING (uk)) AS t
INNER JOIN "rivulet_items" AS k USING (ik);
-- keys of users
SELECT u, uk FROM "rivulet_users";
-- keys of items
SELECT i, ik FROM "rivulet_items";
-- degrees of users
SELECT u, count(*) AS n FROM "rivulet_e" GROUP BY u;
-- degrees of items
SELECT i, count(*) AS n FROM "rivulet_e" GROUP BY i;

A sweep of 2 columns, 0 bytes between servers:
-- step: 200 rows, 0 bytes between servers
INSERT INTO "rivulet_state1"
SELECT i, scale, weight, r0, r1, CAST(scale * coalesce(a0, 0) + r0 AS REAL) AS n0, CAST(scale * coalesce(a1, 0) + r1 AS REAL) AS n1, z0 AS o0, z1 AS o1, weight * greatest(abs(scale * coalesce(a0, 0) + r0 - z0), abs(scale * coalesce(a1, 0) + r1 - z1)) AS err
FROM "rivulet_state0" AS s LEFT JOIN (
  SELECT i, sum(h0) AS a0, sum(h1) AS a1
  FROM "rivulet_e" AS e INNER JOIN (
    SELECT u, m * g0 AS h0, m * g1 AS h1
    FROM (
      SELECT u, sum(f0) AS g0, sum(f1) AS g1
      FROM "rivulet_e" AS e INNER JOIN (SELECT i, z0 AS f0, z1 AS f1 FROM "rivulet_state0") AS f USING (i)
      GROUP BY u
    ) AS g INNER JOIN "rivulet_middle" AS m USING (u)
  ) AS h USING (u)
  GROUP BY i
) AS a USING (i);
-- residual: 1 rows, 0 bytes between servers
SELECT max(err) AS worst FROM "rivulet_state1";

200 neighbours of each item; each statement runs at most the given number of times:
-- 1 x neighbours of items 0 to 199: 40,000 rows, 0 bytes between servers
SELECT k, i, s
FROM (
SELECT k, i, s, row_number() OVER (PARTITION BY k ORDER BY s DESC, i) AS place FROM (
  SELECT k, i, CAST(l * r * c AS REAL) AS s
  FROM (
  SELECT k, i, c, l
  FROM (
    SELECT k, i, sum(y) AS c
    FROM "rivulet_e" AS e INNER JOIN (
      SELECT u, i AS k, m AS y FROM "rivulet_e" AS e INNER JOIN "rivulet_middle" AS m USING (u) WHERE i >= 0 AND i < 200
    ) AS x USING (u)
    WHERE i != k
    GROUP BY k, i
  ) AS c INNER JOIN (SELECT i AS k, l FROM "rivulet_sides") AS l USING (k)
  ) AS c INNER JOIN (SELECT i, r FROM "rivulet_sides") AS r USING (i)
  WHERE l * r * c > 0
) AS t
) AS t
WHERE place <= 200
ORDER BY k, place;

Lists of 10 by 200 entries of each item; each statement runs at most the given number of times:
-- 1 x lists of users 0 to 999, on every server: 10,000 rows, 0 bytes between servers
SELECT u, j, s
FROM (
SELECT u, j, s, row_number() OVER (PARTITION BY u ORDER BY s DESC, j) AS place FROM (
  SELECT u, j, CAST(sum(p) AS REAL) AS s
  FROM (
    SELECT u, j, q AS p FROM (SELECT u, i FROM "rivulet_e" WHERE u >= 0 AND u < 1000) AS e INNER JOIN (SELECT i, j, p AS q FROM "rivulet_near") AS n USING (i)
    UNION ALL
    SELECT u, i AS j, CAST(-1e30 AS DOUBLE) AS p FROM (SELECT u, i FROM "rivulet_e" WHERE u >= 0 AND u < 1000) AS e
  ) AS t
  GROUP BY u, j
  HAVING sum(p) > 0
) AS t
) AS t
WHERE place <= 10
ORDER BY u, place;
