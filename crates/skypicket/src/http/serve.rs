//! Connections: how many, with TLS or without, and how long each may keep the server waiting.

use super::app::App;
use super::routes::router;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;

/// Most connections at a time; further ones wait until one ends.
const MAX_CONNECTIONS: usize = 256;
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and how long a connection may lie idle between requests.
const HEAD: Duration = Duration::from_secs(20);
/// Longest head of a request, bytes.
const MAX_HEAD: usize = 32 * 1024;
/// How long a client may take nothing of an answer.
const STALL: Duration = Duration::from_secs(30);

/// Serves until told to stop.
pub(super) async fn serve(
    app: Arc<App>,
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    stopped: oneshot::Receiver<()>,
) {
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let following = [tokio::spawn(Arc::clone(&app).follow()), tokio::spawn(Arc::clone(&app).follow_archive())];
    tokio::select! {
        () = accept(listener, tls, router(app)) => {}
        _ = stopped => {}
    }
    following.iter().for_each(tokio::task::JoinHandle::abort);
}

/// Takes connections; each has a task of its own, so that a slow one holds up nobody.
async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: some connection will end.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (tls, router) = (tls.clone(), router.clone());
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            match tls {
                None => connection(stream, router).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                        connection(stream, router).await;
                    }
                }
            }
        });
    }
}

async fn connection<S>(stream: S, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let stream = TokioIo::new(Patient { stream, waiting: None });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD)
        .serve_connection(stream, TowerToHyperService::new(router))
        .with_upgrades();
    // What goes wrong on one connection (a reset, a timeout, no HTTP) is that client's matter.
    let _ = served.await;
}

/// A stream whose writing fails once the other end has taken nothing for [`STALL`].
struct Patient<S> {
    stream: S,
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    fn watch<T>(&mut self, done: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waiting = None;
            return done;
        }
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(STALL)));
        waiting.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(done, context)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(done, context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(context);
        self.watch(done, context)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.watch(done, context)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::Instant;

    fn router() -> Router {
        Router::new().route("/", get(|| async { "hello" })).route("/long", get(|| async { "x".repeat(1 << 20) }))
    }

    #[tokio::test(start_paused = true)]
    async fn who_sends_no_request_is_let_go() {
        for begun in ["", "GET / HTTP/1.1\r\nHost: slow", "GET / HTTP/1.1\r\nHost: idle\r\n\r\n"] {
            let (mut client, server) = tokio::io::duplex(64 * 1024);
            let serving = tokio::spawn(connection(server, router()));
            let since = Instant::now();
            client.write_all(begun.as_bytes()).await.expect("sent");
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.expect("the server closes");
            assert_eq!(answer.starts_with(b"HTTP/1.1 200"), begun.ends_with("\r\n\r\n"), "{begun:?}");
            assert!(since.elapsed() <= 2 * HEAD, "{begun:?}: {:?}", since.elapsed());
            serving.await.expect("it ends");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_without_end_is_refused() {
        let (client, server) = tokio::io::duplex(64 * 1024);
        let serving = tokio::spawn(connection(server, router()));
        let (mut answers, mut asks) = tokio::io::split(client);
        tokio::spawn(async move {
            let _ = asks.write_all(b"GET / HTTP/1.1\r\nHost: long\r\nX-Long: ").await;
            while asks.write_all(&[b'x'; 1024]).await.is_ok() {}
        });
        let mut answer = Vec::new();
        let _ = answers.read_to_end(&mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 431"), "{}", String::from_utf8_lossy(&answer));
        serving.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_no_answer_is_let_go() {
        let (mut client, server) = tokio::io::duplex(4096);
        let serving = tokio::spawn(connection(server, router()));
        client.write_all(b"GET /long HTTP/1.1\r\nHost: deaf\r\n\r\n").await.expect("sent");
        let since = Instant::now();
        serving.await.expect("it ends");
        assert!(since.elapsed() <= 2 * STALL, "{:?}", since.elapsed());
        drop(client);
    }
}
