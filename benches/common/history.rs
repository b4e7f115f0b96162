//! An image with a long history of manifests, signed and time-stamped as the large makers of images do: signers with P-256
//! keys under P-384 authorities, each signature with a time-stamp from another authority. `openssl` plays the authorities.

use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Stdio};

use c2pa::{BoxedSigner, Builder, Signer, SigningAlg, create_signer};
use provscan::{Asset, Inspector, Limits, Policy, Settings};
use serde_json::json;

use super::{Folder, picture, trust};

const MANIFESTS: u32 = 30;

/// CPU time for checking it, with all lists that are at hand and with none.
pub(crate) fn report() {
    const ROUNDS: u32 = 10;
    let folder = Folder::new("history");
    if authorities(&folder.0).is_none() {
        return println!("no `openssl` here to make certificates with: history skipped");
    }
    let own = |flag: &str, file: &str| [flag.to_owned(), folder.0.join(file).display().to_string()];
    let own = [
        own("--trust-anchors", "signing-root.pem"),
        own("--tsa-anchors", "stamping-root.pem"),
    ]
    .concat();
    let lists = [own, trust::public().unwrap_or_default()].concat();
    let bytes = edited(&folder.0);
    println!(
        "a history of {MANIFESTS} time-stamped manifests ({} KB), CPU time:",
        bytes.len() / 1000
    );
    for (name, flags) in [("all lists", lists), ("no list", Vec::new())] {
        let settings = Settings {
            trust: trust::settings(&flags),
            ..Settings::default()
        };
        let inspector = Inspector::new(&settings, Policy::default()).unwrap();
        let asset = || Asset::new("a.jpg", bytes.clone(), Limits::default());
        let found = inspector.inspect(&asset()).evidence;
        let code = found[0].code.name;
        assert_eq!(code == "c2pa.trusted", !flags.is_empty(), "{found:?}");
        let told = found.iter().flat_map(|one| &one.detail);
        let mut counts = told.filter(|(name, _)| *name == "manifests");
        assert_eq!(counts.next().unwrap().1, MANIFESTS.into(), "{found:?}");
        let context = trust::context(&flags);
        let ours = cpu_milliseconds(ROUNDS, || drop(inspector.inspect(&asset())));
        let bare = cpu_milliseconds(ROUNDS, || drop(trust::read(&context, &bytes)));
        if let (Some(ours), Some(bare)) = (ours, bare) {
            println!("  {name}: {ours:.0} ms ({code}), a bare reader {bare:.0} ms");
        }
    }
}

/// Mean CPU time of this work on this thread, where the system tells; it counts in steps of some milliseconds.
fn cpu_milliseconds(rounds: u32, work: impl Fn()) -> Option<f64> {
    let now = || -> Option<f64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    };
    work();
    let began = now()?;
    (0..rounds).for_each(|_| work());
    Some((now()? - began) / 1e6 / f64::from(rounds))
}

/// A picture with so many manifests, each the parent of the next.
fn edited(folder: &Path) -> Vec<u8> {
    let context = trust::context(&[]);
    let signer = Stamped::new(folder);
    let mut bytes = picture::photograph(3, 640, 480, 85);
    for step in 0..MANIFESTS {
        let action = if step == 0 {
            json!({"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"})
        } else {
            json!({"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}})
        };
        let definition = json!({
            "title": format!("step {step}"),
            "claim_generator_info": [{"name": "provscan benchmark", "version": "1"}],
            "assertions": [{"label": "c2pa.actions.v2", "created": true, "data": {"actions": [action]}}],
        });
        let mut builder = Builder::from_shared_context(&context)
            .with_definition(definition)
            .unwrap();
        if step > 0 {
            let parent = json!({"title": "before", "relationship": "parentOf", "label": "parent"});
            let mut before = Cursor::new(&bytes);
            builder
                .add_ingredient_from_stream(parent.to_string(), "image/jpeg", &mut before)
                .unwrap();
        }
        let mut signed = Cursor::new(Vec::new());
        builder
            .sign(&signer, "image/jpeg", &mut Cursor::new(&bytes), &mut signed)
            .unwrap();
        bytes = signed.into_inner();
    }
    bytes
}

/// A signer whose time-stamps come from the authority in this folder.
struct Stamped<'a> {
    folder: &'a Path,
    signer: BoxedSigner,
}

impl<'a> Stamped<'a> {
    fn new(folder: &'a Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        let chain = [read("signing-leaf.pem"), read("signing-middle.pem")].concat();
        let key = read("signing-leaf.key");
        let signer = create_signer::from_keys(&chain, &key, SigningAlg::Es256, None).unwrap();
        Self { folder, signer }
    }
}

impl Signer for Stamped<'_> {
    fn sign(&self, claim: &[u8]) -> c2pa::Result<Vec<u8>> {
        self.signer.sign(claim)
    }

    fn alg(&self) -> SigningAlg {
        self.signer.alg()
    }

    fn certs(&self) -> c2pa::Result<Vec<Vec<u8>>> {
        self.signer.certs()
    }

    fn reserve_size(&self) -> usize {
        self.signer.reserve_size() + 10_000
    }

    fn send_timestamp_request(&self, message: &[u8]) -> Option<c2pa::Result<Vec<u8>>> {
        std::fs::write(self.folder.join("message"), message).unwrap();
        openssl(
            self.folder,
            "ts -query -data message -sha256 -cert -out query",
        )?;
        openssl(
            self.folder,
            "ts -reply -config openssl.cnf -section tsa -queryfile query -out reply",
        )?;
        Some(Ok(std::fs::read(self.folder.join("reply")).unwrap()))
    }
}

/// Makes the certificates of an authority that signs images and of one that stamps times; none without `openssl`.
fn authorities(folder: &Path) -> Option<()> {
    std::fs::write(folder.join("openssl.cnf"), CONFIGURATION).unwrap();
    std::fs::write(folder.join("serial"), "01\n").unwrap();
    for (who, usage) in [("signing", "signer"), ("stamping", "stamper")] {
        let subject = |part: &str| format!("/O=provscan-benchmark/CN={who}-{part}");
        let steps = [
            format!("ecparam -name secp384r1 -genkey -noout -out {who}-root.key"),
            format!("ecparam -name secp384r1 -genkey -noout -out {who}-middle.key"),
            format!("ecparam -name prime256v1 -genkey -noout -out {who}-ec.key"),
            format!("pkcs8 -topk8 -nocrypt -in {who}-ec.key -out {who}-leaf.key"),
            format!(
                "req -x509 -new -sha384 -days 3650 -config openssl.cnf -extensions authority -key {who}-root.key -subj {} -out {who}-root.pem",
                subject("root")
            ),
            format!(
                "req -new -config openssl.cnf -key {who}-middle.key -subj {} -out {who}-middle.csr",
                subject("middle")
            ),
            format!(
                "x509 -req -sha384 -days 3650 -extfile openssl.cnf -extensions authority -CA {who}-root.pem -CAkey {who}-root.key -set_serial 2 -in {who}-middle.csr -out {who}-middle.pem"
            ),
            format!(
                "req -new -config openssl.cnf -key {who}-leaf.key -subj {} -out {who}-leaf.csr",
                subject("leaf")
            ),
            format!(
                "x509 -req -sha384 -days 3650 -extfile openssl.cnf -extensions {usage} -CA {who}-middle.pem -CAkey {who}-middle.key -set_serial 3 -in {who}-leaf.csr -out {who}-leaf.pem"
            ),
        ];
        for step in &steps {
            openssl(folder, step)?;
        }
    }
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let chain = read("stamping-middle.pem") + &read("stamping-root.pem");
    std::fs::write(folder.join("stamping-chain.pem"), chain).unwrap();
    Some(())
}

fn openssl(folder: &Path, arguments: &str) -> Option<()> {
    let mut command = Command::new("openssl");
    command.args(arguments.split(' ')).current_dir(folder);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.ok()?.success().then_some(())
}

const CONFIGURATION: &str = "
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
[tsa]
serial = serial
crypto_device = builtin
signer_cert = stamping-leaf.pem
certs = stamping-chain.pem
signer_key = stamping-leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
";
