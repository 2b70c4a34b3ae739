use super::*;

fn parse(text: &str) -> ConnInfo {
    ConnInfo::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

#[test]
fn uri_and_pairs_mean_the_same() {
    let uri = parse("postgresql://ann:s%40cret@db.example:5433/shop?sslmode=require");
    let pairs =
        parse("host=db.example port = 5433 user=ann password='s@cret' dbname=shop sslmode=require");
    assert_eq!(uri, pairs);
}
