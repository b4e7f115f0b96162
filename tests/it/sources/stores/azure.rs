//! What is read of Azure's stores.

use std::path::Path;
use std::process::Child;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provscan::Limits;
use provscan::sources::{Input, open, walk};
use sha2::{Digest as _, Sha256};

use super::asking::{names, options, with};
use super::moto::{answering, ask, await_it, free, started};
use crate::support::Folder;

const GIF: &[u8] = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;";

/// The account that the server makes for tests, and a key of ours.
const ACCOUNT: &str = "somebody";
const KEY: &[u8; 32] = b"a-key-that-nobody-may-ever-see-!";

/// A server that speaks as Azure's do, for one test.
struct Azurite {
    address: String,
    server: Child,
    _folder: Folder,
}

impl Azurite {
    /// Starts it; `None`, which is told, where `PATH` has none.
    fn start() -> Option<Self> {
        let (folder, address) = (Folder::new(), free());
        let (host, port) = address.split_once(':').unwrap();
        let server = started("azurite-blob", |command| {
            command
                .args(["--blobHost", host, "--blobPort", port, "--silent"])
                .args(["--skipApiVersionCheck", "--disableTelemetry", "--location"])
                .arg(folder.path())
                .env(
                    "AZURITE_ACCOUNTS",
                    format!("{ACCOUNT}:{}", STANDARD.encode(KEY)),
                );
        })?;
        await_it(&address);
        Some(Self {
            address,
            server,
            _folder: folder,
        })
    }

    /// Makes a blob, or a container of what it takes to make one.
    fn put(&self, name: &str, query: &str, content: &[u8]) {
        let (is_blob, len) = (query.is_empty(), content.len());
        let kind = if is_blob {
            "x-ms-blob-type:BlockBlob\n"
        } else {
            ""
        };
        let date = "x-ms-date:Sun, 22 Nov 2026 10:00:00 GMT\n";
        let version = "x-ms-version:2021-12-02\n";
        let own = format!("{kind}{date}{version}");
        let signed_len = if len == 0 {
            String::new()
        } else {
            len.to_string()
        };
        let resource = format!("/{ACCOUNT}/{ACCOUNT}/{name}");
        let asked = query.replace('=', ":");
        let resource = if is_blob {
            resource
        } else {
            format!("{resource}\n{asked}")
        };
        let text = format!("PUT\n\n\n{signed_len}\n\n\n\n\n\n\n\n\n{own}{resource}");
        let signature = STANDARD.encode(hmac(KEY, text.as_bytes()));
        let headers = own.replacen(':', ": ", 1).replace('\n', "\r\n");
        let headers = format!("{headers}Authorization: SharedKey {ACCOUNT}:{signature}\r\n");
        let mark = if is_blob { "" } else { "?" };
        let path = format!("{ACCOUNT}/{name}{mark}{query}");
        let answer = ask(&self.address, "PUT", &path, &headers, content);
        assert!(answer.starts_with("HTTP/1.1 201"), "{name}: {answer}");
    }
}

impl Drop for Azurite {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn hmac(key: &[u8; 32], text: &[u8]) -> Vec<u8> {
    let pad = |with: u8| {
        let mut block = [with; 64];
        block
            .iter_mut()
            .zip(key)
            .for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(text);
    let outer = Sha256::new().chain_update(pad(0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

#[test]
fn a_container_is_read_by_those_who_may() {
    let Some(azurite) = Azurite::start() else {
        return;
    };
    azurite.put("set", "restype=container", b"");
    for number in 0..12 {
        azurite.put(&format!("set/in/{number:02}.gif"), "", GIF);
    }
    azurite.put("set/inner.gif", "", GIF);
    let endpoint = format!("http://{}/{ACCOUNT}", azurite.address);
    let key = STANDARD.encode(KEY);
    let scan = |key: &str, address: &str| {
        let variables = [
            ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
            ("AZURE_STORAGE_ACCOUNT_KEY", key),
        ];
        let arguments = [
            "scan",
            "-q",
            address,
            "--endpoint",
            &endpoint,
            "--format",
            "jsonl",
        ];
        with(&variables, &arguments)
    };
    for (address, count) in [
        ("az://set/in", 12),
        ("az://set", 13),
        ("az://set/inner.gif", 1),
    ] {
        let ran = scan(&key, address);
        assert_eq!(ran.code, 0, "{}", ran.out);
        // The last line is the summary.
        assert_eq!(ran.out.lines().count(), count + 1, "{}", ran.out);
    }
    let ran = scan(&key, "az://missing");
    assert!(ran.out.contains("no such bucket"), "{}", ran.out);
    let ran = scan(&STANDARD.encode([7; 32]), "az://set/in");
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("credentials"), "{}", ran.out);
}

#[test]
fn a_container_for_anybody_is_read_without_a_signature() {
    let page = "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>in/a.gif</Name><Properties><Last-Modified>Sun, 01 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>6</Content-Length><Content-Type>image/gif</Content-Type></Properties></Blob></Blobs><NextMarker/></EnumerationResults>";
    let endpoint = answering(move |asked| match asked.contains("comp=list") {
        true => ("200 OK", page),
        false => ("200 OK", "GIF89a"),
    });
    let options = options(&[
        ("endpoint", &endpoint),
        ("azure_storage_account_name", ACCOUNT),
        ("azure_skip_signature", "true"),
    ]);
    let mut found: Vec<Input> = walk(Path::new("az://set/in/"), &options).collect();
    assert_eq!(names(&found), ["az://set/in/a.gif"]);
    let asset = open(found.pop().unwrap(), &Limits::default()).unwrap();
    assert_eq!(asset.bytes(), b"GIF89a");
}
