//! The HTTP client under `object_store`, made to say plainly what a store refused.
//!
//! `object_store` turns a refusal into text inside text: status and error code
//! can only be guessed from its messages. This layer sits between it and
//! `reqwest`, reads both from the response itself and passes them up as a
//! [`Refusal`], which travels in the error's source chain as a type.

use std::error::Error as StdError;
use std::fmt;

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
    ReqwestConnector,
};

/// A response that says no: its status and what the error document holds.
/// A refused HEAD has no document, so there the status is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// `<Code>`, such as `NoSuchBucket`.
    pub(super) code: Option<String>,
    /// `<Message>`.
    pub(super) message: Option<String>,
    /// `<Region>`: where the bucket is, if it was looked for elsewhere.
    pub(super) region: Option<String>,
}

impl Refusal {
    fn new(status: u16, document: &str) -> Self {
        Self {
            status,
            code: element(document, "Code"),
            message: element(document, "Message"),
            region: element(document, "Region"),
        }
    }

    /// Whether the error document has this code.
    pub(super) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        match &self.code {
            Some(code) => write!(f, " {code}"),
            None => Ok(()),
        }
    }
}

impl StdError for Refusal {}

/// Text of the first `<name>` in an error document. These are flat and without
/// attributes, so this reads as much as an XML parser would.
fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let unescaped = text
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    Some(unescaped).filter(|text| !text.is_empty())
}

/// Makes clients whose refusals are [`Refusal`]s.
#[derive(Debug)]
pub(super) struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(HttpClient);

#[async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let is_post = request.method() == "POST";
        let response = self.0.execute(request).await?;
        let status = response.status();
        if status.is_success() && !is_post {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let body = body.bytes().await?;
        let text = String::from_utf8_lossy(&body);
        // Completing an upload may fail after the store has answered 200: it
        // sends the status early, to keep the connection alive while it works.
        if status.is_success() && !text.contains("<Error>") {
            return Ok(HttpResponse::from_parts(head, body.into()));
        }
        let refusal = Refusal::new(status.as_u16(), &text);
        Err(HttpError::new(HttpErrorKind::Unknown, refusal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_reads_code_message_and_region() {
        let document = "<?xml version=\"1.0\"?><Error><Code>AuthorizationHeaderMalformed</Code>\
            <Message>the region &apos;us-east-1&apos; is wrong</Message>\
            <Region>eu-west-1</Region></Error>";
        let refusal = Refusal::new(400, document);
        assert!(refusal.has_code("AuthorizationHeaderMalformed"));
        assert_eq!(
            refusal.message.as_deref(),
            Some("the region 'us-east-1' is wrong")
        );
        assert_eq!(refusal.region.as_deref(), Some("eu-west-1"));
        assert_eq!(refusal.to_string(), "400 AuthorizationHeaderMalformed");
    }

    #[test]
    fn refusal_without_a_document_is_its_status() {
        for document in ["", "<html>Bad gateway</html>", "<Code>", "<Code></Code>"] {
            let refusal = Refusal::new(502, document);
            assert_eq!(refusal.code, None);
            assert_eq!(refusal.to_string(), "502");
        }
    }
}
