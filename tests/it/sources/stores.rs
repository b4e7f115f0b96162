//! Object stores, against servers on this machine: `moto_server` (moto[server] on PyPI) for S3 and Google's form of it, and
//! `azurite-blob` (azurite on npm) for Azure, where there are such. Builds without the feature say so.

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
mod azure;
#[cfg(feature = "object-store")]
pub(crate) mod moto;
#[cfg(feature = "object-store")]
mod reached;

#[cfg(feature = "object-store")]
mod asking {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::process::Command;

    use provscan::sources::{Input, SourceOptions, StoreSettings, walk};

    use super::moto::{KEY_ID, Moto, SECRET};
    use crate::support::{Ran, provscan, run};

    /// Runs the program with these variables and no others of stores, and sees that it shows none of their values.
    pub(super) fn with(variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = provscan();
        for (name, _) in std::env::vars() {
            if ["AWS_", "GOOGLE_", "AZURE_"]
                .iter()
                .any(|start| name.starts_with(start))
            {
                command.env_remove(name);
            }
        }
        command.args(arguments).envs(variables.iter().copied());
        let ran = shown_nothing(&mut command);
        let secret = |(name, _): &&(&str, &str)| name.contains("KEY") || name.contains("TOKEN");
        for (_, value) in variables.iter().filter(secret) {
            assert!(
                !ran.out.contains(value) && !ran.err.contains(value),
                "{}{}",
                ran.out,
                ran.err
            );
        }
        ran
    }

    fn shown_nothing(command: &mut Command) -> Ran {
        let ran = run(command, b"");
        for secret in [KEY_ID, SECRET] {
            assert!(
                !ran.out.contains(secret) && !ran.err.contains(secret),
                "{}{}",
                ran.out,
                ran.err
            );
        }
        ran
    }

    pub(super) fn scan(moto: &Moto, arguments: &[&str]) -> Ran {
        scan_as(moto, KEY_ID, SECRET, arguments)
    }

    pub(super) fn scan_as(moto: &Moto, id: &str, secret: &str, arguments: &[&str]) -> Ran {
        let variables = [
            ("AWS_ENDPOINT_URL", moto.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", id),
            ("AWS_SECRET_ACCESS_KEY", secret),
        ];
        with(&variables, &[&["scan", "-q"], arguments].concat())
    }

    pub(super) fn options(settings: &[(&str, &str)]) -> SourceOptions {
        let owned = settings
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()));
        SourceOptions {
            stores: StoreSettings::new(owned),
            ..SourceOptions::default()
        }
    }

    pub(super) fn inputs_within(moto: &Moto, address: &str, max_bytes: u64) -> Vec<Input> {
        let mut options = options(&[
            ("endpoint", &moto.endpoint),
            ("aws_access_key_id", KEY_ID),
            ("aws_secret_access_key", SECRET),
        ]);
        options.limits.max_bytes = max_bytes;
        let mut walk = walk(Path::new(address), &options);
        let inputs = walk.by_ref().collect();
        // However often it is asked, it is at its end.
        assert!(walk.next().is_none() && walk.next().is_none());
        inputs
    }

    pub(super) fn inputs(moto: &Moto, address: &str) -> Vec<Input> {
        inputs_within(moto, address, 1 << 20)
    }

    pub(super) fn names(inputs: &[Input]) -> Vec<String> {
        inputs.iter().map(|input| input.name.to_text()).collect()
    }

    /// Records by what their names have behind the first slash after this, without these names.
    pub(super) fn records(ran: &Ran, below: &str) -> BTreeMap<String, String> {
        let records = ran.out.lines().filter_map(|line| {
            let mut record: serde_json::Value = serde_json::from_str(line).unwrap();
            let record = record.as_object_mut().unwrap();
            let path = record.remove("path")?;
            let (_, name) = path.as_str()?.split_once(below).unwrap();
            let name = name.trim_start_matches('/').to_owned();
            Some((name, serde_json::to_string(record).unwrap()))
        });
        records.collect()
    }
}
