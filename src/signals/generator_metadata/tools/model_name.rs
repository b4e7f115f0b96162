//! Names of models as they may be shown.

/// The name without the folders of an absolute path, which tell of a person's computer.
pub(super) fn model_name(path: &str) -> &str {
    let absolute =
        path.starts_with(['/', '~', '\\']) || path.contains(":\\") || path.contains(":/");
    match absolute {
        true => path.rsplit(['/', '\\']).next().unwrap_or(path),
        false => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_a_computer_are_left_out() {
        assert_eq!(model_name("C:\\Users\\a\\example.ckpt"), "example.ckpt");
        assert_eq!(model_name("/home/a/example"), "example");
        assert_eq!(model_name("~/example"), "example");
        assert_eq!(model_name("somebody/example"), "somebody/example");
    }
}
