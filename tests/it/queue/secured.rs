//! Brokers that want credentials or TLS, and what is said where those do not fit.

mod jwt;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use provscan::queue::{self, BrokerOptions, Place};

use super::broker::{Server, published, sample};
use crate::support::{Folder, run};

/// How a server is reached.
struct Secured {
    address: String,
    words: String,
}

impl Secured {
    /// A worker answers what the other end asks under this id.
    fn works(&self, id: &str, options: BrokerOptions) {
        let client = queue::connect(BrokerOptions {
            server: self.address.clone(),
            ..options
        });
        let client = client.unwrap();
        let request = sample(id, "plain/icon.bmp");
        client.send(&mut request.as_bytes()).unwrap();
        let ran = run(&mut self.command("--until-empty"), b"");
        assert_eq!(ran.code, 0, "{}", ran.err);
        let results = published(&*client, Place::Results);
        assert!(results.iter().any(|(record, _)| record["id"] == id));
        assert_eq!(client.waiting().unwrap(), 0);
    }

    /// A worker ends at once, names the server and says this.
    fn fails(&self, words: &str) {
        let ran = run(&mut self.command(""), b"");
        assert_eq!(ran.code, 2, "{}", ran.err);
        println!("{}", ran.err.trim_end());
        assert!(ran.err.contains(&self.address), "{}", ran.err);
        assert!(ran.err.contains(words), "{}", ran.err);
    }

    fn command(&self, more: &str) -> Command {
        let words = format!("--server {} {} {more}", self.address, self.words);
        Server::command_at(&words)
    }
}

fn plain(server: &Server, words: &str) -> Secured {
    Secured {
        address: server.address(),
        words: words.to_owned(),
    }
}

/// Credentials in a file of this folder work; others, and none, do not.
fn only_with(server: &Server, good: &str, bad: &str) {
    let folder = Folder::new();
    let good = folder.put("good.creds", good);
    let bad = folder.put("bad.creds", bad);
    let creds = |path: &Path| format!("--creds {}", path.display());
    plain(server, &creds(&good)).works(
        "a",
        BrokerOptions {
            credentials: Some(good.clone()),
            ..server.options()
        },
    );
    let refused = "bad.creds: authorization violation";
    plain(server, &creds(&bad)).fails(refused);
    plain(server, &creds(&bad)).fails("--creds names others");
    plain(server, "").fails("--creds names a file with some");
    let nowhere = folder.at("nowhere");
    plain(server, &creds(&nowhere)).fails("nowhere: ");
    folder.put("empty", "\n");
    plain(server, &creds(&folder.at("empty"))).fails("no credentials: a file of nsc");
}

#[test]
fn a_user_with_a_password() {
    let config = "authorization { user: worker, password: secret }\n";
    if let Some(server) = Server::start_with(Folder::new(), config) {
        only_with(&server, "worker:secret\n", "worker:guess\n");
    }
}

#[test]
fn a_token() {
    let config = "authorization { token: t0ken }\n";
    if let Some(server) = Server::start_with(Folder::new(), config) {
        only_with(&server, "t0ken\n", "guess");
    }
}

#[test]
fn a_user_with_a_key_whom_an_account_vouches_for() {
    let [operator, account, user, stranger] = [1, 2, 3, 4].map(jwt::Key::new);
    let config = jwt::config(&operator, &account);
    let Some(server) = Server::start_with(Folder::new(), &config) else {
        return;
    };
    let good = jwt::credentials(&account, &user);
    // An account that the operator does not know vouches for this one.
    only_with(&server, &good, &jwt::credentials(&stranger, &user));
    let folder = Folder::new();
    let torn = folder.put("torn.creds", &good[..good.len() / 2]);
    plain(&server, &format!("--creds {}", torn.display())).fails("torn.creds: ");
}

/// An authority and a certificate for this machine, made in a folder; nothing where there is no program for it.
fn certificates() -> Option<Folder> {
    let folder = Folder::new();
    let names = "subjectAltName=DNS:localhost";
    folder.put("names", names);
    let openssl = |words: &str| {
        let mut command = Command::new("openssl");
        command.args(words.split_whitespace());
        command.current_dir(folder.path()).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status()
    };
    if openssl("version").is_err() {
        println!("skipped: openssl is not installed");
        return None;
    }
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let authority = |name: &str| {
        format!("req -x509 {key} -days 2 -subj /CN={name} -keyout {name}.key -out {name}.pem")
    };
    for words in [
        authority("authority"),
        authority("stranger"),
        format!("req {key} -subj /CN=nats -keyout nats.key -out nats.csr"),
        "x509 -req -in nats.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 -extfile names -out nats.pem"
            .to_owned(),
    ] {
        assert!(openssl(&words).unwrap().success(), "{words}");
    }
    Some(folder)
}

#[test]
fn tls_with_an_authority_of_ones_own() {
    let Some(folder) = certificates() else {
        return;
    };
    let at = |name: &str| folder.at(name).display().to_string();
    let (certificate, key) = (at("nats.pem"), at("nats.key"));
    let config = format!(
        "tls {{ cert_file: \"{certificate}\", key_file: \"{key}\" }}\nauthorization {{ token: t0ken }}\n"
    );
    let Some(server) = Server::start_with(Folder::new(), &config) else {
        return;
    };
    let token = folder.put("token", "t0ken");
    let creds = format!("--creds {}", token.display());
    let port = server.address().rsplit(':').next().unwrap().to_owned();
    let reached = |address: &str, authority: Option<&str>| Secured {
        address: format!("{address}:{port}"),
        words: match authority {
            Some(name) => format!("{creds} --tls-authorities {}", at(name)),
            None => creds.clone(),
        },
    };
    let options = || BrokerOptions {
        credentials: Some(token.clone()),
        authorities: Some(folder.at("authority.pem")),
        ..server.options()
    };
    reached("tls://localhost", Some("authority.pem")).works("a", options());
    // Who names an authority wants TLS.
    reached("nats://localhost", Some("authority.pem")).works("b", options());
    let way_out = "--tls-authorities names those who vouch for it";
    for (address, authority, why) in [
        ("tls://localhost", None, "UnknownIssuer"),
        ("tls://localhost", Some("stranger.pem"), "UnknownIssuer"),
        // It asks for TLS by itself, too.
        ("nats://localhost", None, "UnknownIssuer"),
        (
            "tls://127.0.0.1",
            Some("authority.pem"),
            "not valid for name",
        ),
    ] {
        reached(address, authority).fails(why);
        reached(address, authority).fails(way_out);
    }
    let token = "no certificate is in it";
    reached("tls://localhost", Some("token")).fails(token);
    reached("tls://localhost", Some("nowhere.pem")).fails("nowhere.pem: ");
}

#[test]
fn tls_is_never_left_out_and_nobody_waits_for_ever() {
    let Some(server) = Server::start() else {
        return;
    };
    // The server has no TLS.
    let address = server.address().replace("nats://", "tls://");
    let words = String::new();
    let without = Secured { address, words };
    without.fails("has no TLS");
    // Somebody listens, and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for scheme in ["nats", "tls"] {
        let address = format!("{scheme}://{}", silent.local_addr().unwrap());
        let silent = Secured {
            address,
            words: String::new(),
        };
        silent.fails("--server names another");
    }
}
