1,000 users, 200 items, 9,000 pairs on 2 servers: pairs stay on their server, sums by item are sent between servers.

Statements that load the table:
-- count rows
SELECT count(*) AS n, count(`user id`) AS of_user, count(`sku`) AS of_item FROM `shop`.`events`;
-- drop pairs
DROP TABLE IF EXISTS `rivulet_pairs`;
-- make pairs
CREATE TABLE `rivulet_pairs` (uk String, ik String, gap Int32) ENGINE = MergeTree ORDER BY uk;
-- read pairs
INSERT INTO `rivulet_pairs`
SELECT DISTINCT CAST(assumeNotNull(toString(`user id`)) AS String) AS uk, CAST(assumeNotNull(toString(`sku`)) AS String) AS ik, CASE WHEN `user id` IS NULL OR `sku` IS NULL OR CAST(assumeNotNull(toString(`user id`)) AS String) = '' OR CAST(assumeNotNull(toString(`sku`)) AS String) = '' THEN 1 ELSE 0 END AS gap
FROM `shop`.`events`;
-- drop users
DROP TABLE IF EXISTS `rivulet_users`;
-- make users
CREATE TABLE `rivulet_users` (u Int32, uk String) ENGINE = MergeTree ORDER BY uk;
-- number users
INSERT INTO `rivulet_users`
SELECT toInt32(rowNumberInAllBlocks()) AS u, uk FROM (SELECT DISTINCT uk FROM `rivulet_pairs` ORDER BY uk) AS t;
-- drop items
DROP TABLE IF EXISTS `rivulet_items`;
-- make items
CREATE TABLE `rivulet_items` (i Int32, ik String) ENGINE = MergeTree ORDER BY ik;
-- number items
INSERT INTO `rivulet_items`
SELECT toInt32(rowNumberInAllBlocks()) AS i, ik FROM (SELECT DISTINCT ik FROM `rivulet_pairs` ORDER BY ik) AS t;
-- drop e on all servers
DROP TABLE IF EXISTS `rivulet_e_all`;
-- drop e, on every server
DROP TABLE IF EXISTS `rivulet_e`;
-- make e, on every server
CREATE TABLE `rivulet_e` (u Int32, i Int32) ENGINE = MergeTree ORDER BY u;
-- e on all servers
CREATE TABLE `rivulet_e_all` AS `rivulet_e` ENGINE = Distributed(`prod`, currentDatabase(), `rivulet_e`, intHash32(u));
-- number pairs
INSERT INTO `rivulet_e_all`
SELECT u, i
FROM (SELECT u, ik FROM `rivulet_pairs` AS p ALL INNER JOIN `rivulet_users` AS k USING (uk)) AS t
ALL INNER JOIN `rivulet_items` AS k USING (ik);
-- drop by_user on all servers
DROP TABLE IF EXISTS `rivulet_by_user_all`;
-- drop by_user, on every server
DROP TABLE IF EXISTS `rivulet_by_user`;
-- make by_user, on every server
CREATE TABLE `rivulet_by_user` (u Int32, others Array(Int32)) ENGINE = MergeTree ORDER BY u;
-- by_user on all servers
CREATE TABLE `rivulet_by_user_all` AS `rivulet_by_user` ENGINE = Distributed(`prod`, currentDatabase(), `rivulet_by_user`, intHash32(u));
-- list pairs by user, on every server
INSERT INTO `rivulet_by_user`
SELECT u, groupArray(i) AS others
FROM `rivulet_e` AS e ALL INNER JOIN (SELECT u, toInt32(intDiv(count(*), 4096) + 1) AS k FROM `rivulet_e` GROUP BY u) AS k USING (u)
GROUP BY u, i % k;
-- drop by_item, on every server
DROP TABLE IF EXISTS `rivulet_by_item`;
-- make by_item, on every server
CREATE TABLE `rivulet_by_item` (i Int32, others Array(Int32)) ENGINE = MergeTree ORDER BY i;
-- list pairs by item, on every server
INSERT INTO `rivulet_by_item`
SELECT i, groupArray(u) AS others
FROM `rivulet_e` AS e ALL INNER JOIN (SELECT i, toInt32(intDiv(count(*), 4096) + 1) AS k FROM `rivulet_e` GROUP BY i) AS k USING (i)
GROUP BY i, u % k;
-- keys of users
SELECT u, uk FROM `rivulet_users`;
-- keys of items
SELECT i, ik FROM `rivulet_items`;
-- degrees of users
SELECT u, count(*) AS n FROM `rivulet_e_all` GROUP BY u;
-- degrees of items
SELECT i, count(*) AS n FROM `rivulet_e_all` GROUP BY i;

A sweep of 2 columns, 7,200 bytes between servers:
-- copy panel to all servers: 400 rows, 3,200 bytes between servers
INSERT INTO `rivulet_panel_all`
SELECT arrayJoin([0, 1]) AS s, i, z0 AS f0, z1 AS f1
FROM `rivulet_state0`;
-- step: 200 rows, 4,000 bytes between servers
INSERT INTO `rivulet_state1`
SELECT i, scale, weight, r0, r1, toFloat32(scale * coalesce(a0, 0) + r0) AS n0, toFloat32(scale * coalesce(a1, 0) + r1) AS n1, z0 AS o0, z1 AS o1, weight * greatest(abs(scale * coalesce(a0, 0) + r0 - z0), abs(scale * coalesce(a1, 0) + r1 - z1)) AS err
FROM `rivulet_state0` AS s ALL LEFT JOIN (
  SELECT arrayJoin(others) AS i, sum(h0) AS a0, sum(h1) AS a1
  FROM `rivulet_by_user_all` AS e ALL INNER JOIN (
    SELECT u, m * g0 AS h0, m * g1 AS h1
    FROM (
      SELECT arrayJoin(others) AS u, sum(f0) AS g0, sum(f1) AS g1
      FROM `rivulet_by_item` AS e ALL INNER JOIN `rivulet_panel` AS f USING (i)
      GROUP BY u
    ) AS g ALL INNER JOIN `rivulet_middle` AS m USING (u)
  ) AS h USING (u)
  GROUP BY i
) AS a USING (i);
-- residual: 1 rows, 0 bytes between servers
SELECT max(err) AS worst FROM `rivulet_state1`;

200 neighbours of each item; each statement runs at most the given number of times:
-- 1 x neighbours of items 0 to 199: 40,000 rows, 320,000 bytes between servers
SELECT k, i, s
FROM (
  SELECT k, i, toFloat32(l * r * c) AS s
  FROM (
  SELECT k, i, c, l
  FROM (
    SELECT k, i, sum(y) AS c
    FROM `rivulet_e_all` AS e ALL INNER JOIN (
      SELECT u, i AS k, m AS y FROM `rivulet_e` AS e ALL INNER JOIN `rivulet_middle` AS m USING (u) WHERE i >= 0 AND i < 200
    ) AS x USING (u)
    WHERE i != k
    GROUP BY k, i
  ) AS c ALL INNER JOIN (SELECT i AS k, l FROM `rivulet_sides`) AS l USING (k)
  ) AS c ALL INNER JOIN (SELECT i, r FROM `rivulet_sides`) AS r USING (i)
  WHERE l * r * c > 0
) AS t
ORDER BY k, s DESC, i
LIMIT 200 BY k;

Lists of 10 by 200 entries of each item; each statement runs at most the given number of times:
-- 1 x copy near to all servers: 40,000 rows, 800,000 bytes between servers
INSERT INTO `rivulet_near_all`
SELECT arrayJoin([0, 1]) AS s, i, j AS j, p AS p
FROM `rivulet_staged`;
-- 1 x lists of users 0 to 999, on every server: 10,000 rows, 0 bytes between servers
SELECT u, j, s
FROM (
  SELECT u, j, toFloat32(sum(p)) AS s
  FROM (
    SELECT u, j, q AS p FROM (SELECT u, i FROM `rivulet_e` WHERE u >= 0 AND u < 1000) AS e ALL INNER JOIN (SELECT i, j, p AS q FROM `rivulet_near`) AS n USING (i)
    UNION ALL
    SELECT u, i AS j, toFloat64(-1e30) AS p FROM (SELECT u, i FROM `rivulet_e` WHERE u >= 0 AND u < 1000) AS e
  ) AS t
  GROUP BY u, j
  HAVING sum(p) > 0
) AS t
ORDER BY u, s DESC, j
LIMIT 10 BY u;
