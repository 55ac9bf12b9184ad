//! A server for tests of whoever polls: it gives the answers that a test wrote, whatever it is asked.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;

/// Serves the answers one after another, each on a connection of its own, then hangs up; gives the requests' heads.
pub(crate) fn serve(answers: Vec<String>) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = server.local_addr().expect("bound");
    let serving = std::thread::spawn(move || {
        answers
            .into_iter()
            .map(|answer| {
                let (mut stream, _) = server.accept().expect("asked");
                let request = head_of(&mut stream);
                stream.write_all(answer.as_bytes()).expect("answered");
                request
            })
            .collect()
    });
    (address, serving)
}

/// A request without a body, to its empty line.
fn head_of(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).expect("a request"), 1);
        request.push(byte[0]);
    }
    String::from_utf8(request).expect("text")
}

/// An answer with its length, after which the connection ends.
pub(crate) fn answer(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}
