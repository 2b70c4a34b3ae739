//! Directories of objects, against a real S3 server.

mod support;

use std::time::Duration;

use futures::FutureExt;
use pgsluice::ErrorKind;
use pgsluice::store::{Contents, Directory, DirectoryUpload, Site, Store};

use support::s3::{Effect, Op, S3Server};

const BUCKET: &str = "backups";
const PART: usize = Store::MIN_PART_SIZE;

fn server() -> S3Server {
    let server = S3Server::start();
    server.create_bucket(BUCKET);
    server
}

fn directory(server: &S3Server) -> Directory {
    let location = format!("s3://{BUCKET}/dir/").parse().expect("a location");
    let contents = Contents {
        main: "main",
        owns: |name| name == "main" || name.ends_with(".file"),
    };
    Directory::open(&location, &server.options(), contents).expect("usable options")
}

/// Puts a small file on its way.
async fn put(upload: &mut DirectoryUpload, name: &str) -> pgsluice::Result<()> {
    let mut file = upload.begin_file(name, PART)?;
    file.put("small".into()).await?;
    file.flush().await?;
    upload.room_for(file.held()).await?;
    upload.complete(name, file);
    Ok(())
}

#[tokio::test]
async fn small_files_are_stored_side_by_side_but_not_without_limit() {
    const AT_A_TIME: usize = 32;
    let server = server();
    server.fail_always(Op::Put, Effect::Delay(Duration::from_secs(3600)));
    let mut upload = directory(&server).begin(Site::default(), false).unwrap();
    for number in 0..AT_A_TIME {
        put(&mut upload, &format!("{number}.file")).await.unwrap();
    }
    while server.requests(Op::Put) < AT_A_TIME {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(put(&mut upload, "more.file").now_or_never().is_none());
    assert_eq!(server.requests(Op::Put), AT_A_TIME);
}

#[tokio::test]
async fn main_file_appears_last_and_abort_leaves_nothing() {
    let server = server();
    let directory = directory(&server);
    let mut upload = directory.begin(Site::default(), false).unwrap();
    put(&mut upload, "1.file").await.unwrap();
    upload.flush().await.unwrap();
    assert!(server.object(BUCKET, "dir/1.file").is_some());
    assert!(server.object(BUCKET, "dir/main").is_none());
    upload.abort().await;
    assert!(server.object(BUCKET, "dir/1.file").is_none());

    let mut upload = directory.begin(Site::default(), false).unwrap();
    put(&mut upload, "1.file").await.unwrap();
    let main = upload.begin_file("main", PART).unwrap();
    upload.flush().await.unwrap();
    upload.finish(main).await.unwrap();
    assert_eq!(server.object(BUCKET, "dir/main").unwrap(), b"");
}

#[tokio::test]
async fn file_of_somebody_else_is_neither_replaced_nor_deleted() {
    let server = server();
    let mut upload = directory(&server).begin(Site::default(), false).unwrap();
    server.plant_object(BUCKET, "dir/1.file", b"theirs");
    put(&mut upload, "1.file").await.unwrap();
    let error = upload.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageExists);
    upload.abort().await;
    assert_eq!(server.object(BUCKET, "dir/1.file").unwrap(), b"theirs");
}

#[tokio::test]
async fn credentials_that_may_not_list_suffice_unless_overwriting() {
    let server = server();
    server.fail_always(Op::List, Effect::Refuse("AccessDenied"));
    let directory = directory(&server);
    for overwrite in [false, true] {
        directory.preflight(overwrite).await.unwrap();
    }
    server.plant_object(BUCKET, "dir/main", b"old");
    let error = directory.preflight(false).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageExists);
    let error = directory.preflight(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageDenied);
    assert!(error.hint().unwrap().contains("s3:ListBucket"));
}

#[tokio::test]
async fn files_of_a_replaced_directory_go_beside_it() {
    let server = server();
    let directory = directory(&server);
    for (key, generation) in [("dir/main", "2_"), ("dir/7_1.file", "8_")] {
        server.plant_object(BUCKET, key, b"old");
        let site = directory.preflight(true).await.unwrap();
        assert_eq!(site.generation, generation);
    }
    server.plant_object(BUCKET, "dir/notes.txt", b"mine");
    let error = directory.preflight(true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageExists);
    assert!(error.to_string().contains("notes.txt"), "{error:?}");
}
