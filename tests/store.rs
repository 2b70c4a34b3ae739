//! Storing and reading objects: against a real S3 server, and in files.

mod support;

use std::time::Duration;

use bytes::Bytes;
use pgsluice::ErrorKind;
use pgsluice::secret::Secret;
use pgsluice::store::{S3Options, Store};

use support::s3::{Effect, Op, S3Server};

const BUCKET: &str = "backups";
const KEY: &str = "dir/x.dump";
const PART: usize = Store::MIN_PART_SIZE;

fn server() -> S3Server {
    let server = S3Server::start();
    server.create_bucket(BUCKET);
    server
}

fn store(server: &S3Server) -> Store {
    store_with(&server.options())
}

fn store_with(options: &S3Options) -> Store {
    let location = format!("s3://{BUCKET}/{KEY}").parse().expect("a location");
    Store::open(&location, options).expect("usable options")
}

/// Bytes that differ from part to part.
fn part(number: u8, size: usize) -> Bytes {
    Bytes::from_iter((0..size).map(|i| number.wrapping_add((i / 7) as u8)))
}

async fn put_three_parts(store: &Store, overwrite: bool) -> pgsluice::Result<Vec<u8>> {
    let mut upload = store.begin(PART, overwrite)?;
    let mut whole = Vec::new();
    for (number, size) in [(1, PART), (2, PART), (3, 1000)] {
        let part = part(number, size);
        whole.extend_from_slice(&part);
        if let Err(error) = upload.put(part).await {
            upload.abort().await;
            return Err(error);
        }
    }
    let stored = upload.finish().await?;
    assert_eq!(stored.size, whole.len() as u64);
    let sizes: Vec<_> = stored.parts.iter().map(|part| part.size).collect();
    assert_eq!(sizes, [PART, PART, 1000]);
    Ok(whole)
}

mod s3 {
    use super::*;

    #[tokio::test]
    async fn object_of_one_part_is_a_plain_put() {
        let server = server();
        let mut upload = store(&server).begin(PART, false).unwrap();
        upload.put(part(1, PART)).await.unwrap();
        let stored = upload.finish().await.unwrap();
        assert!(stored.e_tag.is_some());
        assert_eq!(server.object(BUCKET, KEY).unwrap(), part(1, PART));
        assert_eq!(server.requests(Op::Put), 1);
        assert_eq!(server.requests(Op::CreateUpload), 0);
    }

    #[tokio::test]
    async fn empty_object_is_a_plain_put() {
        let server = server();
        let upload = store(&server).begin(PART, false).unwrap();
        assert_eq!(upload.finish().await.unwrap().size, 0);
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"");
    }

    #[tokio::test]
    async fn parts_arrive_whole_and_of_equal_size() {
        let server = server();
        let whole = put_three_parts(&store(&server), false).await.unwrap();
        assert!(server.object(BUCKET, KEY).unwrap() == whole);
        let mut received = server.received_parts();
        received.sort_by_key(|part| part.number);
        let received: Vec<_> = received
            .iter()
            .map(|part| (part.number, part.size))
            .collect();
        assert_eq!(received, [(1, PART as i64), (2, PART as i64), (3, 1000)]);
        assert!(server.unfinished_uploads().is_empty());
    }

    #[tokio::test]
    async fn no_more_parts_than_asked_for_are_in_flight() {
        let server = server();
        server.fail_always(Op::UploadPart, Effect::Delay(Duration::from_millis(50)));
        let options = S3Options {
            parts_in_flight: 2,
            ..server.options()
        };
        let mut upload = store_with(&options).begin(PART, false).unwrap();
        for number in 1..=6 {
            upload.put(part(number, PART)).await.unwrap();
            let stored = server.received_parts().len();
            assert!(
                usize::from(number) <= stored + 2,
                "{number} handed over, {stored} stored"
            );
        }
        upload.finish().await.unwrap();
    }

    #[tokio::test]
    async fn parts_of_the_wrong_size_are_refused() {
        let server = server();
        let store = store(&server);
        for sizes in [&[PART + 1][..], &[0], &[PART, 10, 10]] {
            let mut upload = store.begin(PART, false).unwrap();
            let mut outcome = Ok(());
            for size in sizes {
                outcome = upload.put(part(1, *size)).await;
            }
            assert_eq!(
                outcome.unwrap_err().kind(),
                ErrorKind::Internal,
                "{sizes:?}"
            );
            upload.abort().await;
        }
        let refused = store.begin(PART - 1, false).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        assert!(server.unfinished_uploads().is_empty());
    }

    #[tokio::test]
    async fn part_is_sent_again_after_passing_failures() {
        for effect in [
            Effect::Refuse("InternalError"),
            Effect::Refuse("SlowDown"),
            Effect::Refuse("RequestTimeout"),
            Effect::Reset,
            Effect::LoseAnswer,
        ] {
            let server = server();
            server.fail_part(2, 2, effect);
            let whole = put_three_parts(&store(&server), false).await.unwrap();
            assert!(server.object(BUCKET, KEY).unwrap() == whole, "{effect:?}");
            assert_eq!(server.requests(Op::UploadPart), 5, "{effect:?}");
        }
    }

    #[tokio::test]
    async fn part_refused_for_good_names_part_attempts_and_cause() {
        let server = server();
        server.fail_part(2, usize::MAX, Effect::Refuse("InternalError"));
        let error = put_three_parts(&store(&server), false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        let message = error.full();
        for fact in [
            "part 2 of s3://backups/dir/x.dump",
            "4 attempts",
            "500 InternalError",
        ] {
            assert!(message.contains(fact), "{message}");
        }
        assert!(server.unfinished_uploads().is_empty());
        assert_eq!(server.object(BUCKET, KEY), None);
    }

    #[tokio::test]
    async fn lost_answer_to_a_plain_put_is_no_failure() {
        for overwrite in [false, true] {
            let server = server();
            server.fail_next(Op::Put, 1, Effect::LoseAnswer);
            store(&server)
                .put_small("small".into(), overwrite)
                .await
                .unwrap();
            assert_eq!(server.object(BUCKET, KEY).unwrap(), b"small");
            assert_eq!(server.requests(Op::Put), 2);
        }
    }

    #[tokio::test]
    async fn lost_answer_to_the_completion_is_no_failure() {
        for overwrite in [false, true] {
            let server = server();
            if overwrite {
                server.plant_object(BUCKET, KEY, b"old");
            }
            server.fail_next(Op::CompleteUpload, 1, Effect::LoseAnswer);
            let whole = put_three_parts(&store(&server), overwrite).await.unwrap();
            assert!(server.object(BUCKET, KEY).unwrap() == whole);
        }
    }

    #[tokio::test]
    async fn upload_that_vanished_is_an_error() {
        let server = server();
        server.fail_always(Op::CompleteUpload, Effect::Refuse("NoSuchUpload"));
        let error = put_three_parts(&store(&server), false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.hint().unwrap().contains("lifecycle"));
    }

    #[tokio::test]
    async fn store_without_conditional_puts_gets_a_plain_one() {
        let server = server();
        server.fail_next(Op::Put, 1, Effect::Refuse("NotImplemented"));
        store(&server)
            .put_small("small".into(), false)
            .await
            .unwrap();
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"small");

        server.fail_next(Op::Put, 1, Effect::Refuse("NotImplemented"));
        let error = store(&server)
            .put_small("other".into(), false)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageExists);
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"small");
    }

    #[tokio::test]
    async fn existing_object_is_left_alone_unless_overwriting() {
        let server = server();
        server.plant_object(BUCKET, KEY, b"old");
        let store = store(&server);
        for error in [
            store.preflight(false).await.unwrap_err(),
            store.put_small("new".into(), false).await.unwrap_err(),
            put_three_parts(&store, false).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::StorageExists);
            assert!(error.hint().unwrap().contains("--overwrite"));
        }
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"old");
        assert!(server.unfinished_uploads().is_empty());

        store.preflight(true).await.unwrap();
        let whole = put_three_parts(&store, true).await.unwrap();
        assert!(server.object(BUCKET, KEY).unwrap() == whole);
        store.put_small("new".into(), true).await.unwrap();
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"new");
    }

    #[tokio::test]
    async fn object_that_appears_meanwhile_wins() {
        let server = server();
        let store = store(&server);
        store.preflight(false).await.unwrap();
        let mut upload = store.begin(PART, false).unwrap();
        upload.put(part(1, PART)).await.unwrap();
        upload.put(part(2, 10)).await.unwrap();
        server.plant_object(BUCKET, KEY, b"theirs");
        let error = upload.finish().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageExists);
        assert_eq!(server.object(BUCKET, KEY).unwrap(), b"theirs");
        assert!(server.unfinished_uploads().is_empty());
    }

    #[tokio::test]
    async fn abort_leaves_nothing() {
        let server = server();
        server.fail_always(Op::UploadPart, Effect::Delay(Duration::from_secs(60)));
        let mut upload = store(&server).begin(PART, false).unwrap();
        upload.put(part(1, PART)).await.unwrap();
        upload.put(part(2, PART)).await.unwrap();
        assert_eq!(server.unfinished_uploads(), [KEY]);
        upload.abort().await;
        assert!(server.unfinished_uploads().is_empty());
        assert_eq!(server.object(BUCKET, KEY), None);
    }

    #[tokio::test]
    async fn abort_ends_an_upload_that_was_just_being_begun() {
        let server = server();
        server.fail_always(Op::CreateUpload, Effect::Delay(Duration::from_millis(300)));
        let mut upload = store(&server).begin(PART, false).unwrap();
        upload.put(part(1, PART)).await.unwrap();
        let cut_short = tokio::time::timeout(Duration::from_millis(50), upload.put(part(2, PART)));
        cut_short.await.unwrap_err();
        upload.abort().await;
        assert_eq!(server.requests(Op::CreateUpload), 1);
        assert_eq!(server.requests(Op::AbortUpload), 1);
        assert!(server.unfinished_uploads().is_empty());
    }

    #[tokio::test]
    async fn failing_abort_does_not_hide_the_first_error() {
        let server = server();
        server.fail_part(2, usize::MAX, Effect::Refuse("AccessDenied"));
        server.fail_always(Op::AbortUpload, Effect::Refuse("InternalError"));
        let error = put_three_parts(&store(&server), false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.full().contains("part 2"), "{error:?}");
    }

    #[tokio::test]
    async fn preflight_passes_where_an_upload_would_and_leaves_nothing() {
        let server = server();
        store(&server).preflight(false).await.unwrap();
        assert!(server.unfinished_uploads().is_empty());
        assert_eq!(server.object(BUCKET, KEY), None);
    }

    #[tokio::test]
    async fn preflight_is_not_misled_by_longer_keys() {
        let server = server();
        server.plant_object(BUCKET, &format!("{KEY}.sha256"), b"");
        store(&server).preflight(false).await.unwrap();
    }

    #[tokio::test]
    async fn missing_bucket_is_not_found() {
        let server = S3Server::start();
        for overwrite in [false, true] {
            let error = store(&server).preflight(overwrite).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StorageNotFound);
            assert!(error.full().contains("bucket"), "{error:?}");
        }
    }

    #[tokio::test]
    async fn rejected_credentials_are_denied_and_not_shown() {
        let server = server();
        let unknown = S3Options {
            access_key_id: Some(Secret::new("AKIDUNKNOWN")),
            ..server.options()
        };
        let wrong = S3Options {
            secret_access_key: Some(Secret::new("hunter2")),
            ..server.options()
        };
        for options in [unknown, wrong] {
            let error = store_with(&options).preflight(false).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StorageDenied);
            assert!(error.hint().unwrap().contains("AWS_SECRET_ACCESS_KEY"));
            let shown = format!("{error:?}");
            assert!(
                !shown.contains("AKIDUNKNOWN") && !shown.contains("hunter2"),
                "{shown}"
            );
            assert!(!shown.contains("AWS4-HMAC"), "{shown}");
        }
    }

    #[tokio::test]
    async fn skewed_clock_is_told_to_be_set() {
        let server = server();
        server.fail_always(Op::List, Effect::Refuse("RequestTimeTooSkewed"));
        let error = store(&server).preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.hint().unwrap().contains("clock"));
    }

    #[tokio::test]
    async fn credentials_that_may_not_list_suffice() {
        let server = server();
        server.fail_always(Op::List, Effect::Refuse("AccessDenied"));
        store(&server).preflight(false).await.unwrap();
        // Without s3:ListBucket a missing object is 403, too.
        server.fail_always(Op::Head, Effect::Refuse("AccessDenied"));
        store(&server).preflight(false).await.unwrap();
        put_three_parts(&store(&server), false).await.unwrap();
        server.heal();
        server.fail_always(Op::List, Effect::Refuse("AccessDenied"));
        let error = store(&server).preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageExists);
    }

    #[tokio::test]
    async fn credentials_that_may_not_write_are_found_out_beforehand() {
        let server = server();
        server.fail_always(Op::CreateUpload, Effect::Refuse("AccessDenied"));
        let error = store(&server).preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.hint().unwrap().contains("s3:PutObject"));
    }

    #[tokio::test]
    async fn unreachable_endpoint_is_a_storage_error() {
        let options = S3Server::start().options();
        let error = store_with(&options).preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.full().contains("refused"), "{error:?}");
        assert!(error.hint().unwrap().contains("endpoint"));
    }

    #[tokio::test]
    async fn missing_credentials_are_told_with_the_variables_to_set() {
        let server = server();
        let mut options = S3Options {
            access_key_id: None,
            secret_access_key: None,
            ..server.options()
        };
        options.credentials.web_identity_token_file = Some("/nonexistent/token".into());
        options.credentials.role_arn = Some("arn:aws:iam::1:role/r".into());
        let error = store_with(&options).preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.hint().unwrap().contains("AWS_ACCESS_KEY_ID"));
        assert!(error.full().contains("/nonexistent/token"), "{error:?}");
    }

    #[test]
    fn operations_on_different_runtimes_share_no_connections() {
        fn on_a_runtime_of_its_own<T>(work: impl Future<Output = T>) -> T {
            let mut builder = tokio::runtime::Builder::new_current_thread();
            let runtime = builder
                .enable_all()
                .build()
                .expect("a runtime can be built");
            runtime.block_on(work)
        }
        let server = server();
        let store = store(&server);
        on_a_runtime_of_its_own(store.preflight(false)).unwrap();
        on_a_runtime_of_its_own(put_three_parts(&store, false)).unwrap();
        on_a_runtime_of_its_own(store.reader()).unwrap();
    }

    #[tokio::test]
    async fn reader_reads_ranges_and_stops_at_the_end() {
        let server = server();
        server.plant_object(BUCKET, KEY, b"0123456789");
        let reader = store(&server).reader().await.unwrap();
        assert_eq!(reader.size(), 10);
        assert_eq!(reader.read_range(0, 4).await.unwrap(), "0123");
        assert_eq!(reader.read_range(8, 100).await.unwrap(), "89");
        assert_eq!(reader.read_range(10, 1).await.unwrap(), "");
        assert_eq!(reader.read_range(u64::MAX, usize::MAX).await.unwrap(), "");
    }

    #[tokio::test]
    async fn reader_repeats_what_failed_in_passing() {
        let server = server();
        server.plant_object(BUCKET, KEY, b"0123456789");
        let reader = store(&server).reader().await.unwrap();
        server.fail_next(Op::Get, 2, Effect::Refuse("SlowDown"));
        assert_eq!(reader.read_range(2, 3).await.unwrap(), "234");
    }

    #[tokio::test]
    async fn range_that_breaks_off_is_resumed_at_the_byte() {
        let server = server();
        // Larger than what one write to a socket takes.
        let object: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
        server.plant_object(BUCKET, KEY, &object);
        let reader = store(&server).reader().await.unwrap();
        server.fail_next(Op::Get, 2, Effect::BreakOff(1_000_000));
        let read = reader.read_range(10, 2_500_000).await.unwrap();
        assert!(read == object[10..2_500_010]);
        let starts = server.range_starts();
        assert_eq!(starts.len(), 3);
        assert_eq!(starts[0], 10);
        // What has arrived is not asked for again, so each request is for less.
        assert!(starts[0] < starts[1] && starts[1] < starts[2], "{starts:?}");
        assert!(starts[2] <= 2_000_010, "{starts:?}");
    }

    #[tokio::test]
    async fn range_that_always_breaks_off_is_given_up() {
        let server = server();
        server.plant_object(BUCKET, KEY, &[7; 2_000_000]);
        let reader = store(&server).reader().await.unwrap();
        server.fail_always(Op::Get, Effect::BreakOff(0));
        let error = reader.read_range(0, 2_000_000).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(
            error.full().contains("bytes 0..2000000 of s3://"),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn missing_object_cannot_be_opened() {
        let server = server();
        let error = store(&server).reader().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageNotFound);
        assert!(error.full().contains("s3://backups/dir/x.dump"));
    }

    #[tokio::test]
    async fn reason_for_not_opening_is_told_although_head_hides_it() {
        let server = S3Server::start();
        let error = store(&server).reader().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageNotFound);
        assert!(error.full().contains("NoSuchBucket"), "{error:?}");
        server.create_bucket(BUCKET);
        let options = S3Options {
            secret_access_key: Some(Secret::new("hunter2")),
            ..server.options()
        };
        let error = store_with(&options).reader().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.full().contains("SignatureDoesNotMatch"), "{error:?}");
    }

    #[tokio::test]
    async fn object_replaced_while_it_is_read_is_an_error() {
        let server = server();
        let store = store(&server);
        store.put_small("0123456789".into(), false).await.unwrap();
        let reader = store.reader().await.unwrap();
        store.put_small("9876543210".into(), true).await.unwrap();
        let error = reader.read_range(0, 4).await.unwrap_err();
        assert!(error.full().contains("replaced"), "{error:?}");
    }

    #[tokio::test]
    async fn sibling_is_stored_and_deleted_beside_the_object() {
        let server = server();
        let sibling = store(&server).sibling(".sha256").unwrap();
        sibling.put_small("digest".into(), false).await.unwrap();
        let key = format!("{KEY}.sha256");
        assert_eq!(server.object(BUCKET, &key).unwrap(), b"digest");
        sibling.delete().await.unwrap();
        assert_eq!(server.object(BUCKET, &key), None);
        sibling.delete().await.unwrap();
    }
}

mod file {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn store_at(path: &Path) -> Store {
        let location = path.to_str().expect("UTF-8").parse().expect("a location");
        Store::open(&location, &S3Options::default()).expect("a file needs no options")
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("the directory exists");
        let name = |entry: std::io::Result<fs::DirEntry>| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("UTF-8")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn file_appears_only_when_it_is_complete() {
        let directory = tempfile::tempdir().unwrap();
        let store = store_at(&directory.path().join("x.dump"));
        store.preflight(false).await.unwrap();
        assert!(names(directory.path()).is_empty());
        let mut upload = store.begin(4, false).unwrap();
        upload.put("0123".into()).await.unwrap();
        assert_eq!(names(directory.path()), ["x.dump.partial"]);
        upload.put("45".into()).await.unwrap();
        let stored = upload.finish().await.unwrap();
        assert_eq!((stored.size, stored.parts.len()), (6, 2));
        assert_eq!(names(directory.path()), ["x.dump"]);
        let reader = store.reader().await.unwrap();
        assert_eq!(reader.size(), 6);
        assert_eq!(reader.read_range(2, 100).await.unwrap(), "2345");
    }

    #[tokio::test]
    async fn aborted_or_dropped_upload_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = store_at(&directory.path().join("x.dump"));
        let mut upload = store.begin(4, false).unwrap();
        upload.put("0123".into()).await.unwrap();
        upload.abort().await;
        assert!(names(directory.path()).is_empty());
        drop(store.begin(4, false).unwrap());
        assert!(names(directory.path()).is_empty());
    }

    #[tokio::test]
    async fn existing_file_is_left_alone_unless_overwriting() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        fs::write(&path, "old").unwrap();
        let store = store_at(&path);
        for error in [
            store.preflight(false).await.unwrap_err(),
            store.put_small("new".into(), false).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::StorageExists);
            assert!(error.hint().unwrap().contains("--overwrite"));
        }
        assert_eq!(fs::read(&path).unwrap(), b"old");
        store.preflight(true).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        store.put_small("new".into(), true).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(directory.path()), ["x.dump"]);
    }

    #[tokio::test]
    async fn file_that_appears_meanwhile_wins() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        let mut upload = store_at(&path).begin(4, false).unwrap();
        upload.put("ours".into()).await.unwrap();
        fs::write(&path, "theirs").unwrap();
        let error = upload.finish().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageExists);
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(directory.path()), ["x.dump"]);
    }

    #[tokio::test]
    async fn second_dump_into_one_name_is_refused_and_harmless() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        let store = store_at(&path);
        let mut first = store.begin(4, true).unwrap();
        first.put("mine".into()).await.unwrap();
        let error = store.begin(4, true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageExists);
        first.finish().await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[tokio::test]
    async fn partial_file_of_a_crashed_dump_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        fs::write(directory.path().join("x.dump.partial"), "left behind").unwrap();
        store_at(&path)
            .put_small("new".into(), false)
            .await
            .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(directory.path()), ["x.dump"]);
    }

    #[tokio::test]
    async fn partial_name_of_a_finished_archive_does_not_harm_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.dump");
        fs::write(&path, "finished").unwrap();
        // As if a dump had been killed after giving the archive its name.
        fs::hard_link(&path, directory.path().join("x.dump.partial")).unwrap();
        let mut upload = store_at(&path).begin(4, true).unwrap();
        upload.put("new".into()).await.unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"finished");
        upload.abort().await;
        assert_eq!(names(directory.path()), ["x.dump"]);
    }

    #[tokio::test]
    async fn missing_directory_is_not_found() {
        let directory = tempfile::tempdir().unwrap();
        let store = store_at(&directory.path().join("missing/x.dump"));
        let error = store.preflight(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageNotFound);
        assert!(error.full().contains("missing/x.dump"), "{error:?}");
    }

    #[tokio::test]
    async fn directory_and_device_are_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        for path in [directory.path(), Path::new("/dev/null")] {
            let error = store_at(path).preflight(true).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    }

    #[tokio::test]
    async fn directory_that_may_not_be_written_is_denied() {
        // Refused to root, too.
        let error = store_at(Path::new("/sys/x.dump"))
            .preflight(false)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageDenied);
        assert!(error.full().contains("/sys/x.dump"), "{error:?}");
    }

    #[tokio::test]
    async fn missing_file_cannot_be_opened() {
        let directory = tempfile::tempdir().unwrap();
        let error = store_at(&directory.path().join("x.dump"))
            .reader()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageNotFound);
    }
}

mod stream {
    use std::fs::File;
    use std::io::Read;

    use super::*;

    #[tokio::test]
    async fn stream_gets_the_bytes_in_order() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let store = Store::stream(Box::new(writer));
        store.preflight(false).await.unwrap();
        let mut upload = store.begin(4, false).unwrap();
        upload.put("0123".into()).await.unwrap();
        upload.put("45".into()).await.unwrap();
        upload.finish().await.unwrap();
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "012345");
        assert!(store.sibling(".sha256").is_none());
    }

    #[tokio::test]
    async fn reader_that_went_away_is_a_storage_error() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut upload = Store::stream(Box::new(writer)).begin(4, false).unwrap();
        let error = upload.put("0123".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(error.to_string().contains("went away"));
        upload.abort().await;
    }

    #[tokio::test]
    async fn full_device_is_full() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut upload = Store::stream(Box::new(full)).begin(4, false).unwrap();
        let error = upload.put("0123".into()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
    }

    #[tokio::test]
    async fn stream_is_neither_opened_by_name_nor_read_in_ranges() {
        let opened = Store::open(&"-".parse().unwrap(), &S3Options::default());
        assert_eq!(opened.unwrap_err().kind(), ErrorKind::InvalidInput);
        let read = Store::stream(Box::new(std::io::sink())).reader().await;
        assert_eq!(read.unwrap_err().kind(), ErrorKind::InvalidInput);
    }
}
