use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> ConnInfo {
    ConnInfo::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn refusal(text: &str) -> Error {
    match ConnInfo::parse(text) {
        Ok(conninfo) => panic!("{text} was taken for {conninfo}"),
        Err(error) => error,
    }
}

fn hosts(text: &str) -> Vec<String> {
    let target = parse(text).target().expect("checked by parse");
    target.hosts.iter().map(ToString::to_string).collect()
}

fn password(conninfo: &ConnInfo) -> Option<&str> {
    conninfo.password().map(Secret::reveal)
}

#[test]
fn uri_and_pairs_mean_the_same() {
    let uri = parse("postgresql://ann:s%40cret@db.example:5433/shop?sslmode=require");
    let pairs =
        parse("host=db.example port = 5433 user=ann password='s@cret' dbname=shop sslmode=require");
    assert_eq!(uri, pairs);
    assert_eq!(uri.host(), Some("db.example"));
    assert_eq!(uri.port(), 5433);
    assert_eq!(uri.database(), Some("shop"));
    assert_eq!(uri.user(), Some("ann"));
    assert_eq!(password(&uri), Some("s@cret"));
}

#[test]
fn bare_word_is_a_database() {
    assert_eq!(parse("shop").database(), Some("shop"));
    assert_eq!(parse("").database(), None);
}

#[test]
fn every_part_of_a_uri_may_be_absent() {
    assert_eq!(parse("postgresql://"), ConnInfo::default());
    assert_eq!(parse("postgres://localhost").host(), Some("localhost"));
    assert_eq!(parse("postgresql:///shop").database(), Some("shop"));
    assert_eq!(parse("postgresql://ann@").user(), Some("ann"));
    assert_eq!(parse("postgresql://:5433").port(), 5433);
    assert_eq!(parse("postgresql://?user=ann").user(), Some("ann"));
    assert_eq!(
        parse("postgresql://db.example?dbname=x").database(),
        Some("x")
    );
}

#[test]
fn parts_of_a_uri_are_percent_decoded() {
    let uri = parse("postgresql://a%3An:p%2Fw%25@h%2Dst/d%20b?application_name=a%26b");
    assert_eq!(uri.user(), Some("a:n"));
    assert_eq!(password(&uri), Some("p/w%"));
    assert_eq!(uri.host(), Some("h-st"));
    assert_eq!(uri.database(), Some("d b"));
    assert_eq!(uri.text("application_name"), Some("a&b"));
}

#[test]
fn unix_socket_is_a_host_with_a_slash() {
    for text in [
        "postgresql://%2Ftmp%2Fpg:5433/shop",
        "postgresql:///shop?host=/tmp/pg&port=5433",
        "host=/tmp/pg port=5433",
    ] {
        assert_eq!(hosts(text), ["/tmp/pg/.s.PGSQL.5433"], "{text}");
    }
}

#[test]
fn several_hosts_share_one_port_or_have_their_own() {
    assert_eq!(hosts("postgresql://a:1,b,c:3/d"), ["a:1", "b:5432", "c:3"]);
    assert_eq!(hosts("host=a,b port=7"), ["a:7", "b:7"]);
    assert_eq!(hosts("host=a,b port=7,"), ["a:7", "b:5432"]);
    assert_eq!(
        hosts("hostaddr=10.0.0.1,::1"),
        ["10.0.0.1:5432", "[::1]:5432"]
    );
    assert!(
        refusal("host=a,b port=1,2,3")
            .to_string()
            .contains("port lists 3")
    );
    assert!(
        refusal("host=a,b hostaddr=::1")
            .to_string()
            .contains("hostaddr lists 1")
    );
}

#[test]
fn load_balancing_keeps_every_host() {
    let mut shuffled = hosts("host=a,b,c load_balance_hosts=random");
    shuffled.sort();
    assert_eq!(shuffled, ["a:5432", "b:5432", "c:5432"]);
}

#[test]
fn ipv6_address_stands_in_brackets() {
    assert_eq!(hosts("postgresql://[::1]:5433/d"), ["[::1]:5433"]);
    assert_eq!(
        hosts("postgresql://[fe80::1],b"),
        ["[fe80::1]:5432", "b:5432"]
    );
    for text in [
        "postgresql://[::1",
        "postgresql://[]/d",
        "postgresql://[::1]x/d",
    ] {
        assert_eq!(refusal(text).kind(), ErrorKind::InvalidInput, "{text}");
    }
}

#[test]
fn ssl_true_in_a_uri_is_sslmode_require() {
    assert_eq!(
        parse("postgresql://h/d?ssl=true").text("sslmode"),
        Some("require")
    );
}

#[test]
fn quotes_and_backslashes_in_pairs_follow_libpq() {
    let pairs = parse(r"user = 'a b\'c\\' dbname=d\ e  host=''");
    assert_eq!(pairs.user(), Some(r"a b'c\"));
    assert_eq!(pairs.database(), Some("d e"));
    assert_eq!(pairs.host(), None);
    assert!(refusal("user='ann").to_string().contains("\"user\""));
}

#[test]
fn later_setting_replaces_an_earlier_one() {
    assert_eq!(parse("user=a user=b").user(), Some("b"));
    assert_eq!(parse("postgresql://a@h/?user=b").user(), Some("b"));
}

#[test]
fn unknown_keyword_is_named() {
    for text in ["hots=a", "postgresql://h/d?hots=a"] {
        let error = refusal(text);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("\"hots\""), "{error:?}");
    }
}

#[test]
fn keywords_without_effect_are_accepted_and_unsafe_ones_refused() {
    parse("gssencmode=prefer krbsrvname=x sslcompression=1 client_encoding=auto");
    for text in [
        "service=prod",
        "requirepeer=postgres",
        "require_auth=scram-sha-256",
        "sslcrl=/x",
        "gssencmode=require",
        "host=@abstract",
    ] {
        let error = refusal(text);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("not supported"), "{error:?}");
    }
}

#[test]
fn values_are_checked_and_the_choices_named() {
    for (text, expected) in [
        ("sslmode=on", "verify-full"),
        ("port=0", "65535"),
        ("port=70000", "65535"),
        ("connect_timeout=soon", "integer"),
        ("hostaddr=localhost", "IP address"),
        ("target_session_attrs=master", "primary"),
        ("channel_binding=yes", "require"),
        ("sslrootcert=system sslmode=require", "verify-full"),
        ("sslnegotiation=direct", "sslmode=require"),
        ("ssl_max_protocol_version=TLSv1.1", "TLSv1.2"),
        ("user='a\0b'", "zero byte"),
        ("postgresql://h/d%zz", "hexadecimal"),
        ("postgresql://h/d%ff", "UTF-8"),
        ("mysql://ann@h/d", "postgresql://"),
        ("postgresql:/ann@h/d", "postgresql://"),
    ] {
        let error = refusal(text);
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.full().contains(expected), "{text}: {error:?}");
    }
}

#[test]
fn environment_fills_gaps_and_nothing_else() {
    let variables = HashMap::from([
        ("PGHOST", "env.example"),
        ("PGPORT", "5433"),
        ("PGUSER", "env"),
        ("PGPASSWORD", "from-env"),
        ("PGDATABASE", ""),
    ]);
    let lookup = |name: &str| variables.get(name).map(ToString::to_string);
    let conninfo = parse("user=ann port=''").with_env(lookup).expect("valid");
    assert_eq!(conninfo.host(), Some("env.example"));
    assert_eq!(conninfo.user(), Some("ann"));
    assert_eq!(conninfo.database(), Some("ann"));
    assert_eq!(password(&conninfo), Some("from-env"));
    // Set to empty is set: the default is asked for.
    assert_eq!(conninfo.port(), 5432);
}

#[test]
fn bad_environment_variable_is_named() {
    for (variable, value) in [("PGPORT", "x"), ("PGSSLMODE", "on"), ("PGSERVICE", "prod")] {
        let lookup = |name: &str| (name == variable).then(|| value.to_owned());
        let error = parse("").with_env(lookup).expect_err(variable);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(variable), "{error:?}");
    }
}

#[test]
fn defaults_fill_user_database_host_and_files() {
    let conninfo = parse("port=59999").with_defaults("ann", Some(Path::new("/home/ann")));
    assert_eq!(conninfo.user(), Some("ann"));
    assert_eq!(conninfo.database(), Some("ann"));
    assert_eq!(conninfo.host(), Some("localhost"));
    let target = conninfo.target().expect("valid");
    assert_eq!(target.passfile, Some(PathBuf::from("/home/ann/.pgpass")));

    let given = parse("user=bob hostaddr=10.0.0.1").with_defaults("ann", None);
    assert_eq!(given.user(), Some("bob"));
    assert_eq!(given.host(), Some("10.0.0.1"));
}

#[test]
fn password_is_never_shown() {
    let conninfo = parse("postgresql://ann:s3cret@h/d");
    let shown = format!(
        "{conninfo} {conninfo:?} {}",
        serde_json::to_string(&conninfo).expect("a string")
    );
    assert!(!shown.contains("s3cret"), "{shown}");
    assert!(shown.contains("user='ann'"), "{shown}");
}

#[test]
fn malformed_strings_do_not_give_the_password_away() {
    for text in [
        "postgresql://ann:s3cret@x/d?@h:x/d",
        "postgresql://ann:s3cret/x@h/d",
        "postgresql://ann:s3cret%@h/d",
        "postgresql://ann:x@s3cret@h/d",
        "postgresql://ann:x,s3cret:/@h/d",
        "mysql://ann:s3cret@h/d",
        "password=two s3cret user=ann",
        "password=two S3cret=x user=ann",
        "password='s3cret user=ann",
        "host=h password=s3cret port=x",
        "s3cret@x=y",
    ] {
        let shown = format!("{:?}", refusal(text)).to_lowercase();
        assert!(!shown.contains("s3cret"), "{text}: {shown}");
    }
}

#[test]
fn shown_form_is_read_back() {
    let conninfo = parse(r"host=/tmp user='a b\'c\\' sslmode=require");
    assert_eq!(parse(&conninfo.to_string()), conninfo);
    let json = serde_json::to_string(&conninfo).expect("a string");
    let back: ConnInfo = serde_json::from_str(&json).expect("itself");
    assert_eq!(back, conninfo);
}

#[test]
fn bad_string_fails_to_deserialise_with_its_reason() {
    let error = serde_json::from_str::<ConnInfo>("\"hots=a\"").expect_err("unknown keyword");
    assert!(error.to_string().contains("hots"), "{error}");
}

proptest! {
    #[test]
    fn any_text_parses_or_is_refused(text in ".{0,60}") {
        let _ = ConnInfo::parse(&text);
        let _ = ConnInfo::parse(&format!("postgresql://{text}"));
        let _ = ConnInfo::parse(&format!("user={text}"));
    }

    #[test]
    fn text_of_significant_characters_parses_or_is_refused(
        text in "[a%0f:/@?&=,\\[\\]'\\\\ .h]{0,40}",
    ) {
        let _ = ConnInfo::parse(&text);
        let _ = ConnInfo::parse(&format!("postgresql://{text}"));
    }

    #[test]
    fn any_value_survives_quoting(user in "[^\0]{1,20}", name in "[^\0]{1,20}") {
        let text = format!("user={} dbname={}", pairs::quoted(&user), pairs::quoted(&name));
        let conninfo = parse(&text);
        prop_assert_eq!(conninfo.user(), Some(user.as_str()));
        prop_assert_eq!(conninfo.database(), Some(name.as_str()));
    }

    #[test]
    fn percent_encoded_uri_gives_its_parts_back(user in "[^\0]{1,12}", secret in "[^\0]{1,12}") {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let conninfo = parse(&format!("postgresql://{}:{}@h", encoded(&user), encoded(&secret)));
        prop_assert_eq!(conninfo.user(), Some(user.as_str()));
        prop_assert_eq!(password(&conninfo), Some(secret.as_str()));
    }
}
