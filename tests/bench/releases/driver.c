/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sqlite3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * driver WORKLOAD: a table in memory is filled and indexed, then one kind of work is done on it; and
 * it ends. Status 1 when SQLite fails.
 */

enum { ITEMS = 20000, STATEMENTS = 12000, KEYS = 60000, TEXT_MAX = 400 };

struct workload {
	const char *name;
	void (*run)(sqlite3 *db);
	const char *query; /* in place of `run` */
	int times;
};

static void check(sqlite3 *db, int rc, int expected)
{
	if (rc == expected)
		return;
	fprintf(stderr, "driver: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void execute(sqlite3 *db, const char *statements)
{
	check(db, sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK);
}

static void fill(sqlite3 *db)
{
	char text[TEXT_MAX];

	execute(db, "PRAGMA journal_mode=off; PRAGMA cache_size=-64000;"
		    "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price REAL, grp INT, "
		    "note TEXT)");
	snprintf(text, sizeof(text),
		 "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<%d)"
		 " INSERT INTO item SELECT n, 'item-' || (n*7919%%%d), (n*31%%1000)/7.0, n*13%%97,"
		 " '{\"a\":'||n||',\"b\":[1,2,{\"c\":\"x'||(n%%50)||'\"}],\"d\":3.25}' FROM c",
		 ITEMS, ITEMS);
	execute(db, text);
	execute(db, "CREATE INDEX by_name ON item(name); CREATE INDEX by_grp ON item(grp, price)");
}

static void parse(sqlite3 *db)
{
	char text[TEXT_MAX];

	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_stmt *statement;

		snprintf(text, sizeof(text),
			 "SELECT a.id, b.name, count(*) FROM item a JOIN item b"
			 " ON a.grp=b.grp AND a.price>%d WHERE a.name LIKE 'item-%d%%'"
			 " AND b.id BETWEEN 1 AND 9 GROUP BY a.grp HAVING count(*)>1"
			 " ORDER BY 2 DESC LIMIT %d",
			 i, i, i);
		check(db, sqlite3_prepare_v2(db, text, -1, &statement, NULL), SQLITE_OK);
		sqlite3_finalize(statement);
	}
}

static void insert(sqlite3 *db)
{
	sqlite3_stmt *statement;
	char key[40];

	execute(db, "CREATE TABLE t(k TEXT, v INT, w REAL); CREATE INDEX tk ON t(k); BEGIN");
	check(db, sqlite3_prepare_v2(db, "INSERT INTO t VALUES(?,?,?)", -1, &statement, NULL),
	      SQLITE_OK);
	for (int i = 0; i < 2 * KEYS; i++) {
		int len = snprintf(key, sizeof(key), "key-%d", (int)(i * 7919L % KEYS));

		sqlite3_bind_text(statement, 1, key, len, SQLITE_TRANSIENT);
		sqlite3_bind_int(statement, 2, i);
		sqlite3_bind_double(statement, 3, i / 3.0);
		check(db, sqlite3_step(statement), SQLITE_DONE);
		sqlite3_reset(statement);
	}
	sqlite3_finalize(statement);
	execute(db, "COMMIT");
}

static void ask(sqlite3 *db, const char *query, int times)
{
	sqlite3_stmt *statement;
	int rc;

	check(db, sqlite3_prepare_v2(db, query, -1, &statement, NULL), SQLITE_OK);
	while (times-- > 0) {
		while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
			for (int i = 0; i < sqlite3_column_count(statement); i++)
				sqlite3_column_bytes(statement, i);
		check(db, rc, SQLITE_DONE);
		sqlite3_reset(statement);
	}
	sqlite3_finalize(statement);
}

static const struct workload workloads[] = {
	{"parse", .run = parse},
	{"insert", .run = insert},
	{"sort", NULL, "SELECT id, name FROM item ORDER BY note||name DESC", 12},
	{"join", NULL,
	 "SELECT count(*) FROM item a JOIN item b ON a.name=b.name JOIN item c ON c.id=b.id"
	 " WHERE a.grp<60",
	 20},
	{"text", NULL,
	 "SELECT count(*), sum(length(replace(upper(name),'ITEM','thing'))), sum(instr(note,'x4'))"
	 " FROM item WHERE name LIKE '%9%' OR name GLOB '*12*'",
	 25},
	{"agg", NULL,
	 "SELECT grp, count(*), avg(price), min(name), max(price) FROM item GROUP BY grp", 25},
	{"real", NULL,
	 "SELECT count(*), sum(length(CAST(price AS TEXT))), sum(length(printf('%.3f', price)))"
	 " FROM item",
	 25},
	{"json", NULL,
	 "SELECT sum(json_extract(note,'$.a')), max(json_extract(note,'$.b[2].c')) FROM item", 12},
	{"window", NULL,
	 "SELECT id, sum(price) OVER (PARTITION BY grp ORDER BY price ROWS 10 PRECEDING) FROM item",
	 6},
	{"scan", NULL, "SELECT count(*) FROM item WHERE price*2+id%7>grp", 120},
};

int main(int argc, char **argv)
{
	sqlite3 *db;

	for (size_t i = 0; argc > 1 && i < sizeof(workloads) / sizeof(workloads[0]); i++) {
		const struct workload *w = &workloads[i];

		if (strcmp(argv[1], w->name) != 0)
			continue;
		if (sqlite3_open(":memory:", &db) != SQLITE_OK)
			return 1;
		fill(db);
		if (w->run)
			w->run(db);
		else
			ask(db, w->query, w->times);
		sqlite3_close(db);
		return 0;
	}
	fprintf(stderr, "driver: no such workload\n");
	return 1;
}
