//! Object stores, against a server on this machine: `moto_server` (moto[server] on PyPI), if there is one. Builds without the
//! feature say so.

#[cfg(not(feature = "object-store"))]
#[test]
fn a_build_that_reaches_no_stores_says_how_to_get_one_that_does() {
    use crate::support::provscan_with;
    for address in ["s3://bucket/a", "gs://bucket", "az://container/a.jpg"] {
        let ran = provscan_with(["scan", "-q", address]);
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(ran.out.contains("--features object-store"), "{}", ran.out);
    }
    let ran = provscan_with(["scan", "-q", "s3://b", "--endpoint", "http://127.0.0.1:1"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--features object-store"), "{}", ran.err);
}

#[cfg(feature = "object-store")]
mod moto;

#[cfg(feature = "object-store")]
mod reached {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use provscan::Limits;
    use provscan::error::FaultKind;
    use provscan::sources::{Input, SourceOptions, StoreSettings, open, walk};

    use super::moto::{Moto, SECRET, answering};
    use crate::support::{Ran, provscan, root, run};

    fn scan(moto: &Moto, arguments: &[&str]) -> Ran {
        let mut command = provscan();
        command.args(["scan", "-q"]).args(arguments);
        command
            .env("AWS_ENDPOINT_URL", &moto.endpoint)
            .env("AWS_ACCESS_KEY_ID", "somebody")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env_remove("AWS_SESSION_TOKEN");
        let ran = run(&mut command, b"");
        assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET));
        ran
    }

    fn options(settings: &[(&str, &str)]) -> SourceOptions {
        let owned = settings
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()));
        SourceOptions {
            stores: StoreSettings::new(owned),
            ..SourceOptions::default()
        }
    }

    fn inputs(moto: &Moto, address: &str) -> Vec<Input> {
        let options = options(&[
            ("aws_endpoint_url", &moto.endpoint),
            ("aws_allow_http", "true"),
            ("aws_access_key_id", "somebody"),
            ("aws_secret_access_key", SECRET),
        ]);
        walk(Path::new(address), &options).collect()
    }

    fn names(inputs: &[Input]) -> Vec<String> {
        inputs.iter().map(|input| input.name.to_text()).collect()
    }

    /// Records by the last part of their names, without these names.
    fn records(ran: &Ran) -> BTreeMap<String, String> {
        let records = ran.out.lines().filter_map(|line| {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            let record = record.as_object_mut().unwrap();
            let path = record.remove("path")?;
            let name = path.as_str()?.rsplit('/').next()?.to_owned();
            Some((name, serde_json::to_string(record).unwrap()))
        });
        records.collect()
    }

    #[test]
    fn a_bucket_is_judged_as_a_folder_is() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.put("set", "");
        let folder = root().join("samples/content_credentials");
        let mut count = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            moto.put_bytes(&format!("set/in/{name}"), &fs::read(&path).unwrap());
            count += 1;
        }
        let local = scan(&moto, &[folder.to_str().unwrap(), "--format", "jsonl"]);
        for address in ["s3://set/in", "s3://set/in/", "s3://set"] {
            let ran = scan(&moto, &[address, "--format", "jsonl"]);
            assert_eq!(ran.code, local.code, "{}", ran.err);
            assert_eq!(records(&ran).len(), count);
            assert_eq!(records(&ran), records(&local), "{address}");
        }
        // One that is named, with the manifest beside it.
        let name = "s3://set/in/sidecar.jpg";
        let ran = scan(&moto, &[name, "--format", "jsonl"]);
        assert_eq!(records(&ran)["sidecar.jpg"], records(&local)["sidecar.jpg"]);
        assert!(ran.out.contains(name), "{}", ran.out);
    }

    #[test]
    fn a_listing_of_many_pages_is_read_to_its_end() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.put("many", "");
        moto.put_all((0..2345).map(|number| format!("many/a/{number:05}.gif")));
        moto.put("many/ab.gif", "");
        moto.put("many/b/c.gif", "");
        let all = names(&inputs(&moto, "s3://many/a"));
        assert_eq!(
            (all.len(), all.last().unwrap().as_str()),
            (2345, "s3://many/a/02344.gif")
        );
        assert_eq!(inputs(&moto, "s3://many").len(), 2347);
        assert_eq!(
            names(&inputs(&moto, "s3://many/ab.gif")),
            ["s3://many/ab.gif"]
        );
    }

    #[test]
    fn what_is_not_there_or_not_allowed_is_told() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.put("empty", "");
        let cases = [
            ("s3://missing", "no such bucket"),
            ("s3://missing/a.jpg", "there is no"),
            ("s3://empty/a.jpg", "nothing at or below"),
            ("s3://", "names no bucket"),
        ];
        for (address, reason) in cases {
            let ran = scan(&moto, &[address]);
            assert_eq!(ran.code, 3, "{address}: {}", ran.out);
            assert!(ran.out.contains(reason), "{address}: {}", ran.out);
        }
        let Some(strict) = Moto::start(&[("INITIAL_NO_AUTH_ACTION_COUNT", "0")]) else {
            return;
        };
        let ran = scan(&strict, &["s3://set/in"]);
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(ran.out.contains("credentials"), "{}", ran.out);
        assert!(!ran.out.contains("somebody"), "{}", ran.out);
    }

    #[test]
    fn an_object_that_is_too_large_or_vanishes_is_lost_and_told() {
        let Some(moto) = Moto::start(&[]) else { return };
        moto.put("set", "");
        moto.put_bytes("set/large.gif", &vec![0; 3000]);
        moto.put("set/small.gif", "GIF89a");
        let ran = scan(&moto, &["s3://set", "--max-bytes", "2000"]);
        assert_eq!(ran.code, 3);
        assert!(ran.out.contains("--max-bytes"), "{}", ran.out);
        let limits = Limits {
            max_bytes: 2000,
            ..Limits::default()
        };
        let mut listed = inputs(&moto, "s3://set");
        moto.ask("DELETE", "set/small.gif", b"");
        let fault = open(listed.pop().unwrap(), &limits).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unreadable);
        assert!(fault.to_string().contains("gone"), "{fault}");
        // One that grew since it was listed.
        let grown = inputs(&moto, "s3://set").pop().unwrap();
        moto.put_bytes("set/large.gif", &vec![0; 600 << 20]);
        let fault = open(grown, &Limits::default()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Limit, "{fault}");
        drop(moto);
    }

    #[test]
    fn a_server_that_is_not_there_is_told_without_what_was_to_be_secret() {
        let Some(mut moto) = Moto::start(&[]) else {
            return;
        };
        moto.stop();
        let ran = scan(&moto, &["s3://set/in"]);
        assert_eq!(ran.code, 3);
        assert!(ran.out.contains("could not be asked"), "{}", ran.out);
        for wrong in ["127.0.0.1:1", "http://user:word@127.0.0.1", "ftp://a"] {
            let ran = scan(&moto, &["s3://set", "--endpoint", wrong]);
            assert_eq!((ran.code, ran.out.as_str()), (2, ""));
            assert!(!ran.err.contains("word@"), "{}", ran.err);
        }
    }

    #[test]
    fn google_and_azure_are_asked_in_their_own_ways() {
        if let Some(moto) = Moto::start(&[]) {
            moto.put("set", "");
            moto.put("set/in/a.gif", "GIF89a");
            let options = options(&[
                ("google_base_url", &moto.endpoint),
                ("google_skip_signature", "true"),
            ]);
            let mut found: Vec<Input> = walk(Path::new("gs://set/in"), &options).collect();
            assert_eq!(names(&found), ["gs://set/in/a.gif"]);
            let asset = open(found.pop().unwrap(), &Limits::default()).unwrap();
            assert_eq!(asset.bytes(), b"GIF89a");
        }
        let page = "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults><Blobs><Blob><Name>in/a.gif</Name><Properties><Last-Modified>Sun, 01 Nov 2026 10:00:00 GMT</Last-Modified><Etag>0x1</Etag><Content-Length>6</Content-Length><Content-Type>image/gif</Content-Type></Properties></Blob></Blobs><NextMarker/></EnumerationResults>";
        let endpoint = answering(page, "GIF89a");
        let options = options(&[
            ("azure_storage_endpoint", &endpoint),
            ("azure_allow_http", "true"),
            ("azure_storage_account_name", "somebody"),
            ("azure_skip_signature", "true"),
        ]);
        let mut found: Vec<Input> = walk(Path::new("az://set/in/"), &options).collect();
        assert_eq!(names(&found), ["az://set/in/a.gif"]);
        let asset = open(found.pop().unwrap(), &Limits::default()).unwrap();
        assert_eq!(asset.bytes(), b"GIF89a");
    }
}
