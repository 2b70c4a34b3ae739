//! A real S3 server in the test process, and the ways to make it fail.
//!
//! `s3s-fs` over HTTP on a free port of 127.0.0.1, with signatures checked. On
//! top of it [`Gate`] adds what `s3s-fs` lacks (missing buckets, unknown upload
//! ids, `ListMultipartUploads`), counts requests, and injects faults. The server
//! runs on a thread of its own, so synchronous tests and child processes can use
//! it, and stops when dropped.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use pgsluice::secret::Secret;
use pgsluice::store::S3Options;
use s3s::auth::SimpleAuth;
use s3s::dto::*;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub const ACCESS_KEY: &str = "pgsluice-test";
pub const SECRET_KEY: &str = "a-secret-of-the-tests";
const REGION: &str = "us-east-1";

/// An operation, as faults and counts name it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Op {
    List,
    Head,
    Get,
    Put,
    Delete,
    CreateUpload,
    UploadPart,
    CompleteUpload,
    AbortUpload,
    ListUploads,
}

/// What happens to a request instead of, or besides, its being served.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Refused with this code, and the status that belongs to it.
    Refuse(&'static str),
    /// The connection closes without an answer; nothing was done.
    Reset,
    /// It is done, but the connection closes without an answer.
    LoseAnswer,
    /// It is done after a pause.
    Delay(Duration),
    /// Of the object that is asked for so many bytes are sent, then the connection closes.
    BreakOff(usize),
}

struct Fault {
    op: Op,
    part: Option<i32>,
    effect: Effect,
    /// Requests that pass before.
    spared: usize,
    left: usize,
}

/// A part as the server received it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ReceivedPart {
    pub number: i32,
    pub size: i64,
}

#[derive(Default)]
struct State {
    requests: BTreeMap<Op, usize>,
    faults: Vec<Fault>,
    parts: Vec<ReceivedPart>,
    /// First byte of every range that was asked for.
    range_starts: Vec<u64>,
    /// Upload id to bucket and key.
    uploads: BTreeMap<String, (String, String)>,
}

/// A running server.
pub struct S3Server {
    address: SocketAddr,
    root: PathBuf,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _directory: Option<TempDir>,
}

impl S3Server {
    /// Starts a server on an empty temporary directory.
    pub fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let mut server = Self::serve(directory.path());
        server._directory = Some(directory);
        server
    }

    /// Starts a server on a directory that stays.
    pub fn serve(root: &Path) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let state = Arc::default();
        let service = service(root, Arc::clone(&state));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || run(listener, service, stopped));
        Self {
            address,
            root: root.to_owned(),
            state,
            stop: Some(stop),
            thread: Some(thread),
            _directory: None,
        }
    }

    pub fn create_bucket(&self, bucket: &str) {
        std::fs::create_dir_all(self.root.join(bucket)).expect("a bucket can be made");
    }

    /// `http://127.0.0.1:port`
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Options that reach this server, with fewer retries than usual.
    pub fn options(&self) -> S3Options {
        S3Options {
            access_key_id: Some(Secret::new(ACCESS_KEY)),
            secret_access_key: Some(Secret::new(SECRET_KEY)),
            endpoint: Some(self.endpoint()),
            region: Some(REGION.to_owned()),
            max_retries: 3,
            ..S3Options::default()
        }
    }

    /// The same for the environment of a child process.
    pub fn env(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL_S3", self.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// Where an object lies on disk, whether it exists or not.
    pub fn object_path(&self, bucket: &str, key: &str) -> PathBuf {
        self.root.join(bucket).join(key)
    }

    /// An object's bytes, if it exists.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        std::fs::read(self.object_path(bucket, key)).ok()
    }

    /// Puts an object there, past the server.
    pub fn plant_object(&self, bucket: &str, key: &str, bytes: &[u8]) {
        let path = self.object_path(bucket, key);
        let directory = path.parent().expect("an object lies in its bucket");
        std::fs::create_dir_all(directory).expect("the bucket can be written");
        std::fs::write(path, bytes).expect("the bucket can be written");
    }

    /// Keys of the multipart uploads that are neither complete nor aborted.
    pub fn unfinished_uploads(&self) -> Vec<String> {
        self.state()
            .uploads
            .values()
            .map(|(_, key)| key.clone())
            .collect()
    }

    /// How many requests for `op` came, refused ones included.
    pub fn requests(&self, op: Op) -> usize {
        self.state().requests.get(&op).copied().unwrap_or_default()
    }

    /// Where the ranges that were asked for began, in the order they were.
    pub fn range_starts(&self) -> Vec<u64> {
        self.state().range_starts.clone()
    }

    /// The parts that came, in the order they came, refused ones left out.
    pub fn received_parts(&self) -> Vec<ReceivedPart> {
        self.state().parts.clone()
    }

    /// Makes the next `times` requests for `op` fail.
    pub fn fail_next(&self, op: Op, times: usize, effect: Effect) {
        self.state().faults.push(Fault {
            op,
            part: None,
            effect,
            spared: 0,
            left: times,
        });
    }

    /// Lets `spared` requests for `op` pass and makes the next `times` fail.
    pub fn fail_after(&self, op: Op, spared: usize, times: usize, effect: Effect) {
        self.state().faults.push(Fault {
            op,
            part: None,
            effect,
            spared,
            left: times,
        });
    }

    /// Makes every request for `op` fail from now on.
    pub fn fail_always(&self, op: Op, effect: Effect) {
        self.fail_next(op, usize::MAX, effect);
    }

    /// Makes the next `times` attempts to store part `number`, counted from 1, fail.
    pub fn fail_part(&self, number: i32, times: usize, effect: Effect) {
        let part = Some(number);
        self.state().faults.push(Fault {
            op: Op::UploadPart,
            part,
            effect,
            spared: 0,
            left: times,
        });
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.state().faults.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under this lock")
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed already.
            let _ = thread.join();
        }
    }
}

fn service(root: &Path, state: Arc<Mutex<State>>) -> S3Service {
    let files = FileSystem::new(root).expect("the directory exists");
    let root = root.to_owned();
    let mut builder = S3ServiceBuilder::new(Gate { files, root, state });
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    builder.build()
}

fn run(listener: TcpListener, service: S3Service, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            outcome = accept(listener, service) => outcome.expect("the listener listens"),
        }
    });
    runtime.shutdown_background();
}

async fn accept(listener: TcpListener, service: S3Service) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (connection, _) = listener.accept().await?;
        let service = service.clone();
        let answer = service_fn(move |request: hyper::Request<Incoming>| {
            let service = service.clone();
            async move {
                let mut request = request.map(Body::from);
                // Read to its end even if it will be refused: an answer given
                // earlier may get lost, as the client is still writing.
                let body = request.body_mut().store_all_limited(LARGEST_BODY).await;
                body.map_err(io::Error::other)?;
                let answer = service.call(request).await;
                let answer = answer.map_err(io::Error::other)?;
                // hyper closes a connection whose service fails.
                match answer.status().as_u16() {
                    NO_ANSWER => Err(io::Error::other("no answer is wanted")),
                    _ => Ok(answer),
                }
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(connection), answer);
        tokio::spawn(async {
            // Connections break when clients give up; that is no news.
            let _ = connection.await;
        });
    }
}

const LARGEST_BODY: usize = 1 << 30;

/// Marks a response that is not to be sent. No S3 error has it.
const NO_ANSWER: u16 = 444;

fn no_answer() -> S3Error {
    let mut error = S3Error::new(S3ErrorCode::Custom("NoAnswer".into()));
    error.set_status_code(NO_ANSWER.try_into().expect("a status has three digits"));
    error
}

/// Stands before the file system: buckets must exist, faults strike here.
struct Gate {
    files: FileSystem,
    root: PathBuf,
    state: Arc<Mutex<State>>,
}

impl Gate {
    async fn pass<T>(
        &self,
        op: Op,
        part: Option<i32>,
        bucket: &str,
        served: impl Future<Output = S3Result<T>>,
    ) -> S3Result<T> {
        match self.effect(op, part) {
            Some(Effect::Refuse(code)) => return Err(refusal(code)),
            Some(Effect::Reset) => return Err(no_answer()),
            Some(Effect::LoseAnswer) => return served.await.and(Err(no_answer())),
            Some(Effect::Delay(pause)) => tokio::time::sleep(pause).await,
            // Only the answer to a GET has a body to break off.
            Some(Effect::BreakOff(_)) | None => {}
        }
        if !self.root.join(bucket).is_dir() {
            return Err(s3_error!(
                NoSuchBucket,
                "The specified bucket does not exist"
            ));
        }
        served.await
    }

    /// Counts the request and finds the fault that strikes it.
    fn effect(&self, op: Op, part: Option<i32>) -> Option<Effect> {
        let mut state = self.state();
        *state.requests.entry(op).or_default() += 1;
        let fault = state.faults.iter_mut().find(|fault| {
            fault.op == op && fault.left > 0 && (fault.part.is_none() || fault.part == part)
        })?;
        if fault.spared > 0 {
            fault.spared -= 1;
            return None;
        }
        fault.left -= 1;
        Some(fault.effect)
    }

    /// After how many bytes the next answer to a GET breaks off.
    fn next_break_off(&self) -> Option<usize> {
        let state = self.state();
        let fault = state
            .faults
            .iter()
            .find(|fault| fault.op == Op::Get && fault.left > 0)?;
        match fault.effect {
            Effect::BreakOff(bytes) if fault.spared == 0 => Some(bytes),
            _ => None,
        }
    }

    /// `s3s-fs` answers AccessDenied for an upload that has ended.
    fn check_upload(&self, id: &str) -> S3Result<()> {
        match self.state().uploads.contains_key(id) {
            true => Ok(()),
            false => Err(s3_error!(NoSuchUpload)),
        }
    }

    fn end_upload(&self, id: &str) {
        self.state().uploads.remove(id);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics under this lock")
    }
}

/// The first bytes of a body, and then an error instead of its end.
fn broken_off(body: StreamingBlob, bytes: usize) -> StreamingBlob {
    let mut left = bytes;
    StreamingBlob::wrap(body.map(move |chunk| {
        let chunk = chunk.map_err(io::Error::other)?;
        if left == 0 {
            return Err(io::Error::other("broken off"));
        }
        let sent = chunk.slice(..chunk.len().min(left));
        left -= sent.len();
        Ok(sent)
    }))
}

fn refusal(code: &'static str) -> S3Error {
    let code = S3ErrorCode::from_bytes(code.as_bytes()).expect("codes are UTF-8");
    S3Error::with_message(code, "Injected by a test")
}

#[async_trait]
impl S3 for Gate {
    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let bucket = request.input.bucket.clone();
        self.pass(Op::List, None, &bucket, self.files.list_objects_v2(request))
            .await
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        let served = async {
            // `s3s-fs` stumbles over a directory, which is no object.
            if self.root.join(&request.input.bucket).join(key).is_dir() {
                return Err(s3_error!(NoSuchKey));
            }
            self.files.head_object(request).await
        };
        self.pass(Op::Head, None, &bucket, served).await
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let bucket = request.input.bucket.clone();
        if let Some(Range::Int { first, .. }) = request.input.range {
            self.state().range_starts.push(first);
        }
        let break_off = self.next_break_off();
        let answer = self.pass(Op::Get, None, &bucket, self.files.get_object(request));
        let mut answer = answer.await?;
        if let Some(bytes) = break_off {
            answer.output.body = answer.output.body.map(|body| broken_off(body, bytes));
        }
        Ok(answer)
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let bucket = request.input.bucket.clone();
        self.pass(Op::Put, None, &bucket, self.files.put_object(request))
            .await
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let bucket = request.input.bucket.clone();
        self.pass(Op::Delete, None, &bucket, self.files.delete_object(request))
            .await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        self.pass(Op::CreateUpload, None, &bucket, async {
            let answer = self.files.create_multipart_upload(request).await?;
            let id = answer.output.upload_id.clone().unwrap_or_default();
            self.state().uploads.insert(id, (bucket.clone(), key));
            Ok(answer)
        })
        .await
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let input = &request.input;
        let (bucket, id) = (input.bucket.clone(), input.upload_id.clone());
        let number = input.part_number;
        let size = input.content_length.unwrap_or_default();
        self.pass(Op::UploadPart, Some(number), &bucket, async {
            self.check_upload(&id)?;
            let answer = self.files.upload_part(request).await?;
            self.state().parts.push(ReceivedPart { number, size });
            Ok(answer)
        })
        .await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let (bucket, id) = (
            request.input.bucket.clone(),
            request.input.upload_id.clone(),
        );
        self.pass(Op::CompleteUpload, None, &bucket, async {
            self.check_upload(&id)?;
            let answer = self.files.complete_multipart_upload(request).await?;
            self.end_upload(&id);
            Ok(answer)
        })
        .await
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let (bucket, id) = (
            request.input.bucket.clone(),
            request.input.upload_id.clone(),
        );
        self.pass(Op::AbortUpload, None, &bucket, async {
            self.check_upload(&id)?;
            let answer = self.files.abort_multipart_upload(request).await?;
            self.end_upload(&id);
            Ok(answer)
        })
        .await
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let bucket = request.input.bucket;
        self.pass(Op::ListUploads, None, &bucket, async {
            let state = self.state();
            let here = state
                .uploads
                .iter()
                .filter(|(_, (home, _))| *home == bucket);
            let uploads = here.map(|(id, (_, key))| MultipartUpload {
                key: Some(key.clone()),
                upload_id: Some(id.clone()),
                ..MultipartUpload::default()
            });
            Ok(S3Response::new(ListMultipartUploadsOutput {
                bucket: Some(bucket.clone()),
                is_truncated: Some(false),
                uploads: Some(uploads.collect()),
                ..ListMultipartUploadsOutput::default()
            }))
        })
        .await
    }
}
