//! The published lists: the real ones, where `../shared/trust` is there, and fetching them from a stand-in for the network.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use provscan::remote::{Remote, RemoteError};
use provscan::trust::{self, Installed, ListOrigin, PUBLISHED, TrustKind, TrustList};
use serde_json::json;

use super::{day, sample, wish};
use crate::support::{Folder, root};

fn shared(name: &str) -> Option<PathBuf> {
    let path = root().join("../shared/trust").join(name);
    if !path.is_file() {
        println!("skipped: ../shared/trust/{name} is not there");
    }
    path.is_file().then_some(path)
}

#[test]
fn the_real_lists_are_read_whole() {
    let lists = [
        ("C2PA-TRUST-LIST.pem", TrustKind::Signer, 30),
        ("C2PA-TRUST-LIST.json", TrustKind::Signer, 30),
        ("C2PA-TSA-TRUST-LIST.pem", TrustKind::TimeStamp, 22),
        ("C2PA-TSA-TRUST-LIST.json", TrustKind::TimeStamp, 22),
        ("interim/anchors.pem", TrustKind::Signer, 18),
        // One of its 27 stands there twice.
        ("interim/anchors_ct.pem", TrustKind::Signer, 26),
        ("interim/allowed.pem", TrustKind::AllowedSigner, 86),
        ("interim/allowed_ct.pem", TrustKind::AllowedSigner, 117),
    ];
    for (name, kind, count) in lists {
        let Some(path) = shared(name) else { return };
        let list = TrustList::open(&path, kind, ListOrigin::User).unwrap();
        assert_eq!(list.count(), count, "{name}");
    }
}

#[test]
fn both_forms_of_an_official_list_hold_the_same() {
    for name in ["C2PA-TRUST-LIST", "C2PA-TSA-TRUST-LIST"] {
        let forms = ["pem", "json"].map(|form| {
            let path = shared(&format!("{name}.{form}"))?;
            Some(TrustList::open(&path, TrustKind::Signer, ListOrigin::C2pa).unwrap())
        });
        let [Some(pem), Some(json)] = forms else {
            return;
        };
        let sorted = |list: &TrustList| {
            let mut ders: Vec<Vec<u8>> = list.ders().map(<[u8]>::to_vec).collect();
            ders.sort();
            ders
        };
        assert_eq!(sorted(&pem), sorted(&json), "{name}");
        assert_eq!(pem.issued(), None);
        assert_eq!(json.issued().unwrap().day(), "2026-08-05");
        assert_eq!(json.next_update().unwrap().day(), "2027-08-05");
    }
}

#[test]
fn the_real_lists_install_and_are_not_taken_for_one_another() {
    let folder = Folder::new();
    let installed = Installed::at(folder.path());
    let file = |name: &str| shared(name).map(|path| (name.to_owned(), fs::read(path).unwrap()));
    let (Some(signers), Some(stamps)) = (
        file("C2PA-TRUST-LIST.json"),
        file("C2PA-TSA-TRUST-LIST.json"),
    ) else {
        return;
    };
    for (list, origin) in [(&signers, ListOrigin::C2paTsa), (&stamps, ListOrigin::C2pa)] {
        let files = [list.clone()];
        let error = installed.import(&wish(origin, &files, day(0))).unwrap_err();
        assert!(error.to_string().contains("meant?"), "{error}");
    }
    // The PEM form has no title, but certificates of one purpose.
    for (name, origin) in [
        ("C2PA-TRUST-LIST.pem", ListOrigin::C2paTsa),
        ("C2PA-TSA-TRUST-LIST.pem", ListOrigin::C2pa),
    ] {
        let files = [file(name).unwrap()];
        assert!(
            installed.import(&wish(origin, &files, day(0))).is_err(),
            "{name}"
        );
    }
    let interim = ["anchors.pem", "allowed.pem", "store.cfg"]
        .map(|name| file(&format!("interim/{name}")).unwrap());
    for (files, origin, count) in [
        (&[signers][..], ListOrigin::C2pa, 30),
        (&[stamps], ListOrigin::C2paTsa, 22),
        (&interim, ListOrigin::Interim, 18 + 86),
    ] {
        let change = installed.import(&wish(origin, files, day(0))).unwrap();
        assert_eq!(change.count, count);
    }
    let settings = installed.settings().unwrap();
    assert_eq!((settings.lists.len(), settings.ekus.len()), (5, 6));
    assert!(folder.path().join("c2pa").read_dir().unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.starts_with("2026-08-05T001139Z-") && name.ends_with(".json")
    }));
}

/// A network that holds these answers.
#[derive(Debug, Default)]
struct Network(BTreeMap<&'static str, Result<Vec<u8>, &'static str>>);

impl Remote for Network {
    fn fetch(&self, url: &str, _max_bytes: u64) -> Result<Vec<u8>, RemoteError> {
        match self.0.get(url) {
            Some(Ok(bytes)) => Ok(bytes.clone()),
            Some(Err(why)) => Err(RemoteError(format!("{url}: {why}"))),
            None => Err(RemoteError(format!("{url}: no answer"))),
        }
    }
}

fn url(origin: ListOrigin, nth: usize) -> &'static str {
    let published = PUBLISHED.iter().find(|one| one.origin == origin).unwrap();
    published.urls[nth]
}

/// An official list with this certificate.
fn official(title: &str, issued: &str, certificate: &str) -> Vec<u8> {
    let (_, pem) = sample(certificate);
    let pem = String::from_utf8(pem).unwrap();
    let val: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    json!({"LoTE": {
        "ListAndSchemeInformation": {"SchemeName": [{"value": title}], "ListIssueDateTime": issued},
        "TrustedEntitiesList": [{"TrustedEntityServices": [{"ServiceInformation": {
            "ServiceDigitalIdentity": {"X509Certificates": [{"val": val}]},
        }}]}],
    }})
    .to_string()
    .into_bytes()
}

const AUGUST: &str = "2026-08-05T00:11:39Z";
const OCTOBER: &str = "2026-10-05T00:11:39Z";

/// Everything is published, in good order.
fn network(issued: &str, certificate: &str) -> Network {
    let usages = b"1.2.3\n".to_vec();
    Network(BTreeMap::from([
        (
            url(ListOrigin::C2pa, 0),
            Ok(official("C2PA Trust List", issued, certificate)),
        ),
        (
            url(ListOrigin::C2paTsa, 0),
            Ok(official("C2PA TSA Trust List", issued, certificate)),
        ),
        (url(ListOrigin::Interim, 0), Ok(sample(certificate).1)),
        (url(ListOrigin::Interim, 1), Ok(sample("test-signer.pem").1)),
        (url(ListOrigin::Interim, 2), Ok(usages)),
    ]))
}

/// Whether each list came through, by its origin.
fn updated(
    folder: &Folder,
    network: &Network,
    number: u32,
) -> Vec<(ListOrigin, Result<bool, String>)> {
    let published: Vec<ListOrigin> = PUBLISHED.iter().map(|one| one.origin).collect();
    trust::update(folder.path(), network, &published, day(number))
        .into_iter()
        .map(|one| (one.origin, one.result.map(|change| change.changed)))
        .collect()
}

#[test]
fn an_update_installs_everything_then_finds_it_current_then_renews_it() {
    let folder = Folder::new();
    let all = |changed| {
        ListOrigin::ALL[..3]
            .iter()
            .map(|origin| (*origin, Ok(changed)))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        updated(&folder, &network(AUGUST, "test-root.pem"), 0),
        all(true)
    );
    assert_eq!(
        updated(&folder, &network(AUGUST, "test-root.pem"), 1),
        all(false)
    );
    assert_eq!(
        updated(&folder, &network(OCTOBER, "unknown-root.pem"), 2),
        all(true)
    );
    let lists = Installed::at(folder.path()).lists().unwrap();
    assert!(
        lists
            .iter()
            .all(|list| list.earlier == 1 && list.imported == day(2))
    );
}

#[test]
fn what_fails_stays_as_it_was_and_stops_nothing_else() {
    let garbage = |bytes: &[u8]| Ok(bytes.to_vec());
    let failures: [(Result<Vec<u8>, &str>, &str); 6] = [
        (Err("the connection was refused"), "refused"),
        (Ok(vec![b'#'; 5 << 20]), "larger than"),
        (garbage(b"<html>Not found</html>"), "nothing found"),
        (garbage(b"{\"LoTE\": 1}"), "list of trusted entities"),
        (garbage(b"\xff\xfe"), "no text"),
        (
            Ok(official(
                "C2PA Trust List",
                "2026-08-04T00:00:00Z",
                "unknown-root.pem",
            )),
            "before the installed list",
        ),
    ];
    for (answer, why) in failures {
        let folder = Folder::new();
        updated(&folder, &network(AUGUST, "test-root.pem"), 0);
        let mut network = network(OCTOBER, "unknown-root.pem");
        network.0.insert(url(ListOrigin::C2pa, 0), answer);
        network
            .0
            .insert(url(ListOrigin::Interim, 1), Err("no answer in time"));
        let after = updated(&folder, &network, 1);
        let failure = after[0].1.as_ref().unwrap_err();
        assert!(
            failure.contains(why) && failure.contains(url(ListOrigin::C2pa, 0)),
            "{failure}"
        );
        assert_eq!(after[1].1, Ok(true));
        assert!(after[2].1.is_err());
        let lists = Installed::at(folder.path()).lists().unwrap();
        let imported: Vec<_> = lists.iter().map(|list| list.imported).collect();
        assert_eq!(imported, [day(0), day(1), day(0)]);
    }
}

#[test]
fn a_first_update_that_fails_installs_nothing() {
    let folder = Folder::new();
    let after = updated(&folder, &Network::default(), 0);
    assert!(after.len() == 3 && after.iter().all(|(_, result)| result.is_err()));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}
