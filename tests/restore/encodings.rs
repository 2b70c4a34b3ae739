//! Archives in another encoding than UTF-8: those that stock `pg_dump` makes of a
//! database in that encoding.

use crate::databases::{Dumped, assert_equal};
use crate::program::{Program, restored};
use crate::support::cluster::{Database, cluster};

fn latin1(number: u32, sql: &str) -> Database<'static> {
    let name = format!("latin1_{number}");
    let database = cluster().create_database_with(&name, "ENCODING 'LATIN1'");
    database.psql(sql);
    database
}

const WORDS: &str = "CREATE TABLE words (word text); INSERT INTO words VALUES ('Käse'), ('ÿ;''')";

#[track_caller]
fn assert_words_come_back(number: u32, flags: &[&str]) {
    let source = latin1(number, WORDS);
    let archive = Dumped::by_pg_dump(&source.url(), flags);
    let copy = restored(archive.path(), &["-j", "2"]);
    let words = "SELECT * FROM words ORDER BY word COLLATE \"C\"";
    assert_eq!(copy.psql(words), source.psql(words), "{flags:?}");
}

#[test]
fn rows_in_latin1_come_back() {
    assert_words_come_back(1, &[]);
    assert_words_come_back(2, &["-Fd"]);
}

/// COPY takes bytes in any encoding; statements are text, which is UTF-8 here.
#[test]
fn statements_in_latin1_are_refused_with_the_way_out() {
    let source = latin1(3, WORDS);
    let copy = cluster().create_database("restored");
    let archive = Dumped::by_pg_dump(&source.url(), &["--inserts"]);
    let outcome = Program::restore(archive.path(), &copy).args(["-e"]).run();
    outcome.failed(1, &["not in UTF-8", "pg_dump --encoding=UTF8"]);
    assert_words_come_back(7, &["--inserts", "--encoding=UTF8"]);
}

/// Names and definitions are text, which is UTF-8 here.
#[test]
fn names_in_latin1_are_refused_with_the_way_out() {
    let source = latin1(4, "CREATE TABLE \"Käse\" (i int)");
    let copy = cluster().create_database("restored");
    let archive = Dumped::by_pg_dump(&source.url(), &[]);
    let outcome = Program::restore(archive.path(), &copy).run();
    outcome.failed(
        1,
        &["encoding LATIN1, expected UTF8", "pg_dump --encoding=UTF8"],
    );
    let archive = Dumped::by_pg_dump(&source.url(), &["--encoding=UTF8"]);
    let copy = restored(archive.path(), &[]);
    assert_eq!(copy.psql("SELECT relname FROM pg_stat_user_tables"), "Käse");
}

#[test]
fn archive_of_ours_goes_into_a_database_in_latin1() {
    let source = latin1(5, WORDS);
    let archive = Dumped::by_pgsluice(&source.url(), &[]);
    let copy = latin1(6, "");
    Program::restore(archive.path(), &copy).run().done();
    assert_equal(&source, &copy);
}
